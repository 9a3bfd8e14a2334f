// The charts of the first page: filtered by region and day, each mark a printed figure that leads to its record.
"use strict";
addEventListener("load", async () => {
  const { words, enums, columns, tables } = gazette.declaration;
  const DRAWN = 1500;
  const LISTED = 100;
  const region = document.getElementById("region");
  const from = document.getElementById("from");
  const to = document.getElementById("to");
  const status = document.getElementById("points-status");
  const tip = document.getElementById("tip");
  const kinds = { investment: "phase", finance: "instrument", headcounts: "activity" };
  const points = unpack(await gazette.load("points"));

  function unpack(packed) {
    const names = Object.keys(packed.columns);
    const read = names.map((name) => {
      const { c, d, i, v } = packed.columns[name];
      if (v) return (row) => v[row];
      return d ? (row) => d[i[row]] : () => c;
    });
    return Array.from({ length: packed.n }, (_, row) => Object.fromEntries(names.map((name, n) => [name, read[n](row)])));
  }

  function fillRegions() {
    const counts = new Map();
    for (const point of points) counts.set(point.region, (counts.get(point.region) || 0) + 1);
    const kept = region.value;
    const all = gazette.make("option", { value: "" }, gazette.say(words.all_regions));
    const named = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], "zh"));
    region.replaceChildren(all, ...named.map(([name, count]) => gazette.make("option", { value: name }, `${name} (${count})`)));
    region.value = counts.has(kept) ? kept : "";
  }

  const unitOf = (point) => {
    const [table, column] = point.indicator.split(".");
    return tables[table].columns.find((one) => one.name === column).unit;
  };

  function category(point) {
    const [table, column] = point.indicator.split(".");
    if (point.chart === "rates") {
      const name = gazette.say(tables[table].name);
      return { order: ["projects", "enterprises", "labor"].indexOf(table), category: `${name} · ${gazette.say(columns[table][column])}` };
    }
    const known = enums[kinds[point.chart]];
    const none = gazette.language() === "zh" ? "未说明" : "not stated";
    const order = Object.keys(known).indexOf(point.enum);
    return { order: order < 0 ? 99 : order, category: order < 0 ? none : gazette.say(known[point.enum]) };
  }

  function prepare(point) {
    const end = point.low === null ? "down" : point.high === null ? "up" : "closed";
    return {
      ...point, ...category(point), end,
      // A logarithmic scale has no zero: an interval that begins there is drawn over one step of ten.
      low2: point.low === null ? point.value : point.chart === "rates" ? point.low : Math.max(point.low, point.value / 10),
      high2: point.high === null ? point.value : point.high,
    };
  }

  function chosen() {
    return points.filter((point) => (!region.value || point.region === region.value)
      && (!from.value || point.as_of >= from.value) && (!to.value || point.as_of <= to.value));
  }

  function describe(point) {
    const [table, column] = point.indicator.split(".");
    const parts = [point.region, point.scope, point.entity].filter(Boolean).join(" · ");
    const amount = gazette.figure(point.value, unitOf(point), point.qualifier, point.low, point.high);
    const what = `${gazette.say(tables[table].name)} · ${gazette.say(columns[table][column])}`;
    const modality = gazette.say(enums.modality[point.modality]);
    const agreement = point.sources > 1 ? ` · ${gazette.say(enums.agreement[point.agreement])} (${point.sources})` : "";
    return [`${point.as_of} · ${modality}`, `${what}: ${amount}`, parts + agreement];
  }

  function showTip(handler, event, item, value) {
    tip.hidden = true;
    const point = item && item.datum && item.datum.indicator ? item.datum : null;
    if (!point) return;
    tip.replaceChildren(...describe(point).map((line) => gazette.make("p", {}, line)));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - box.width - 8)}px`;
    tip.style.top = `${Math.min(event.clientY + 14, innerHeight - box.height - 8)}px`;
  }

  const url = (point) => `${gazette.issuePage(point.issue_id)}#r-${point.record_id}`;

  async function draw(name, modality, rows) {
    const place = document.getElementById(`${name}-${modality}`);
    if (place.view) place.view.finalize();
    place.view = null;
    const shown = rows.slice(0, DRAWN).map(prepare);
    place.replaceChildren();
    if (!shown.length) {
      place.append(gazette.make("p", { class: "help" }, gazette.say(words.no_points)));
      return;
    }
    const spec = structuredClone(gazette.specs[name]);
    spec.description = `${gazette.say(words[`chart_${name}`])}, ${gazette.say(words[modality])}`;
    spec.params.find((param) => param.name === "scales").value = gazette.language() === "zh" ? [1e8, "亿", "万", "万亿"] : [1e9, " bn", " ×10⁴", " tn"];
    spec.datasets = { points: shown };
    if (name !== "rates") spec.height = 34 * new Set(shown.map((point) => point.category)).size;
    const view = await gazette.plot(place, spec, showTip);
    view.addEventListener("click", (event, item) => {
      if (item && item.datum && item.datum.indicator) location.href = url(item.datum);
    });
    view.addEventListener("mouseover", (event, item) => showTip(null, event, item));
    view.addEventListener("mouseout", () => { tip.hidden = true; });
    place.view = view;
    if (rows.length > DRAWN) {
      place.append(gazette.make("p", { class: "help" }, gazette.say(words.points_capped, { shown: DRAWN.toLocaleString(), total: rows.length.toLocaleString() })));
    }
  }

  function list(name, rows) {
    const body = document.querySelector(`#${name}-list tbody`);
    body.replaceChildren(...rows.slice(0, LISTED).map((point) => {
      const [table, column] = point.indicator.split(".");
      const link = gazette.make("a", { href: url(point) }, gazette.figure(point.value, unitOf(point), point.qualifier, point.low, point.high));
      const cells = [point.as_of, point.region, gazette.say(columns[table][column]), prepare(point).category,
        gazette.say(enums.modality[point.modality]), [point.scope, point.entity].filter(Boolean).join(" · ")];
      return gazette.make("tr", {}, ...cells.map((cell) => gazette.make("td", {}, cell)), gazette.make("td", { class: "num" }, link));
    }));
  }

  async function drawAll() {
    fillRegions();
    const rows = chosen();
    for (const name of ["rates", "investment", "finance", "headcounts"]) {
      const own = rows.filter((point) => point.chart === name && (name === "rates" || point.value > 0));
      list(name, own);
      for (const modality of ["actual", "planned"]) await draw(name, modality, own.filter((point) => point.modality === modality));
    }
    status.textContent = gazette.say(words.points_shown, { shown: rows.length.toLocaleString() });
    performance.mark("charts");
    document.body.dataset.drawn = String(Number(document.body.dataset.drawn || 0) + 1);
  }

  let turn = Promise.resolve();
  const redraw = () => { turn = turn.then(drawAll); };
  for (const control of [region, from, to]) control.addEventListener("change", redraw);
  document.getElementById("clear").addEventListener("click", () => {
    region.value = ""; from.value = ""; to.value = "";
    redraw();
  });
  gazette.onLanguage(redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  redraw();
});
