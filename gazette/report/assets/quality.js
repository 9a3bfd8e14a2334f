// What the runs came to, one after another: the share of figures filed, and what broke rules.
"use strict";
addEventListener("load", () => {
  const { words } = gazette.declaration;
  const runs = JSON.parse(document.getElementById("trend").textContent);
  const views = new Map();
  const plots = {
    share: { unit: "%", lines: [["share_filed", (run) => run.share === null ? null : run.share * 100]] },
    breaches: { unit: "", lines: [["breaches_rejecting", (run) => run.rejecting], ["breaches_warning", (run) => run.warning]] },
  };

  async function draw(name) {
    const { unit, lines } = plots[name];
    const spec = structuredClone(gazette.specs.trend);
    spec.description = lines.map(([key]) => gazette.say(words[key])).join(", ");
    spec.params.find((param) => param.name === "unit").value = unit;
    const points = lines.flatMap(([key, read], order) => runs.map((run) => (
      { run: `${run.finished.slice(0, 16).replace("T", " ")} · ${run.id}`, value: read(run), category: gazette.say(words[key]), order })));
    spec.datasets = { points: points.filter((point) => point.value !== null) };
    if (views.has(name)) views.get(name).finalize();
    views.set(name, await gazette.plot(document.getElementById(`trend-${name}`), spec, () => {}));
  }

  let turn = Promise.resolve();
  const redraw = () => {
    turn = turn.then(() => draw("share")).then(() => draw("breaches"))
      .then(() => { document.body.dataset.drawn = String(Number(document.body.dataset.drawn || 0) + 1); });
  };
  if (!runs.length) return;
  gazette.onLanguage(redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  redraw();
});
