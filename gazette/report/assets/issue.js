// The page of an issue: choosing a figure shows its record and back, keys step through, chips narrow the steps.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const { words, columns, tables, enums } = gazette.declaration;
  const marks = facts.map((_, number) => document.getElementById(`f${number}`));
  const chosenBox = document.getElementById("chosen");
  const chips = [...document.querySelectorAll(".chip")];
  let chosen = -1;

  const outcome = (number) => facts[number].reason || facts[number].table || "unresolved";
  const card = (number) => facts[number].record_id && document.getElementById(`r-${facts[number].record_id}`);

  function choose(number, { focus = false, scroll = true } = {}) {
    if (!facts[number]) return;
    clear();
    chosen = number;
    const same = document.querySelectorAll(`.fig[data-figure="${number}"], .box[data-figure="${number}"]`);
    same.forEach((element) => element.classList.add("is-chosen"));
    marks.forEach((mark) => mark && mark.setAttribute("tabindex", "-1"));
    const mark = marks[number];
    if (mark) {
      mark.setAttribute("tabindex", "0");
      if (scroll) mark.scrollIntoView({ block: "nearest", behavior: "instant" });
      if (focus) mark.focus({ preventScroll: true });
    }
    const record = card(number);
    if (record) {
      light(record);
      reveal(record);
    }
    tell();
  }

  function chooseRecord(record, scrollText = true) {
    clear();
    light(record);
    const own = facts.map((_, number) => number).filter((number) => card(number) === record);
    if (own.length) {
      chosen = own[0];
      if (scrollText && marks[chosen]) marks[chosen].scrollIntoView({ block: "center", behavior: "instant" });
    }
    tell();
  }

  function light(record) {
    record.classList.add("is-chosen");
    facts.forEach((_, number) => {
      if (card(number) !== record) return;
      document.querySelectorAll(`.fig[data-figure="${number}"], .box[data-figure="${number}"]`)
        .forEach((element) => element.classList.add("is-of-record"));
    });
  }

  // Within its own list only: the text must not move away under the reader.
  function reveal(record) {
    const list = record.closest(".records");
    if (!list || list.scrollHeight <= list.clientHeight) return;
    const top = record.offsetTop - list.offsetTop;
    list.scrollTo({ top: Math.max(top - 48, 0), behavior: "instant" });
  }

  function clear() {
    document.querySelectorAll(".is-chosen, .is-of-record")
      .forEach((element) => element.classList.remove("is-chosen", "is-of-record"));
  }

  function tell() {
    chosenBox.replaceChildren();
    if (chosen < 0) {
      chosenBox.append(gazette.make("p", {}, gazette.say(words.no_figure)));
      return;
    }
    const fact = facts[chosen];
    const list = gazette.make("dl");
    const line = (label, value) => list.append(
      gazette.make("div", {}, gazette.make("dt", {}, label), gazette.make("dd", {}, value)),
    );
    const said = (name, value) => gazette.say(enums[name][value]) || value;
    if (fact.value !== undefined) line(said("mention_kind", fact.kind), gazette.figure(fact.value, fact.unit, fact.qualifier, fact.low, fact.high));
    else line(gazette.say(words.figure), said("mention_kind", fact.kind));
    if (fact.value !== undefined && fact.qualifier !== "exact") {
      line(`${said("qualifier", fact.qualifier)}, ${gazette.say(words.means)}`, gazette.interval(fact.low, fact.high, fact.unit));
    }
    if (fact.column) line(gazette.say(words.fills), `${gazette.say(tables[fact.table].name)} · ${gazette.say(columns[fact.table][fact.column])}`);
    if (fact.reason) line(gazette.say(fact.reason === "rejected" ? words.is_rejected : words.not_filed), gazette.say(enums.mention_reason_long[fact.reason]));
    if (fact.ocr_confidence !== undefined) line(gazette.say(words.confidence), `${Math.round(fact.ocr_confidence * 100)}%`);
    const record = card(chosen);
    chosenBox.append(gazette.make("p", { class: `printed t-${outcome(chosen)}`, lang: "zh-Hans" }, fact.text), list);
    if (record) {
      const link = gazette.make("a", { href: `#${record.id}` }, gazette.say(words.its_record));
      chosenBox.append(gazette.make("p", {}, link));
    }
  }

  const isShown = (number) => {
    const chip = chips.find((one) => one.dataset.outcome === outcome(number));
    return !chip || chip.getAttribute("aria-pressed") === "true";
  };

  function step(by) {
    if (!facts.length) return;
    let number = chosen;
    for (let tries = 0; tries < facts.length; tries += 1) {
      number = number < 0 ? (by > 0 ? 0 : facts.length - 1) : (number + by + facts.length) % facts.length;
      if (isShown(number) && marks[number]) {
        choose(number, { focus: true });
        return;
      }
    }
  }

  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-figure]");
    const link = event.target.closest("a[href^='#r-']");
    if (figure) {
      event.preventDefault();
      const number = Number(figure.dataset.figure);
      choose(number, { focus: true });
      history.replaceState(null, "", `#f${number}`);
    } else if (link) {
      event.preventDefault();
      goToRecord(link.getAttribute("href").slice(1), true);
    } else if (event.target.closest(".record") && !String(getSelection())) {
      const record = event.target.closest(".record");
      chooseRecord(record);
      history.replaceState(null, "", `#${record.id}`);
    }
  });

  function goToRecord(id, focus) {
    const record = document.getElementById(id);
    if (!record) return;
    chooseRecord(record);
    reveal(record);
    if (focus) record.focus({ preventScroll: Boolean(record.closest(".records")) });
    if (!record.closest(".records") || matchMedia("(max-width: 60rem)").matches) record.scrollIntoView({ block: "nearest", behavior: "instant" });
    history.replaceState(null, "", `#${id}`);
  }

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      const shown = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(shown));
      document.querySelectorAll(`.text .t-${chip.dataset.outcome}`).forEach((mark) => mark.classList.toggle("is-off", !shown));
    });
  }
  document.getElementById("next").addEventListener("click", () => step(1));
  document.getElementById("previous").addEventListener("click", () => step(-1));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, summary")) return;
    const inText = event.target === document.body || event.target.closest(".text, .tools, main[tabindex]");
    const arrows = event.target.closest(".fig, .box") !== null;
    if (event.key === "j" || (event.key === "ArrowDown" && arrows)) step(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && arrows)) step(-1);
    else if (event.key === "Enter" && arrows && card(Number(event.target.closest("[data-figure]").dataset.figure))) {
      goToRecord(card(Number(event.target.closest("[data-figure]").dataset.figure)).id, true);
    } else if (event.key === "Escape" && chosen >= 0 && marks[chosen]) marks[chosen].focus();
    else return;
    if (inText || arrows || event.key === "Escape") event.preventDefault();
  });

  function follow() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (/^f\d+$/.test(id) && facts[Number(id.slice(1))]) choose(Number(id.slice(1)), { focus: true });
    else if (/^c\d+$/.test(id)) choose(facts.findIndex((fact) => fact.at === Number(id.slice(1))), { focus: true });
    else if (id.startsWith("r-")) goToRecord(id, false);
  }

  marks.forEach((mark, number) => mark && mark.setAttribute("tabindex", number ? "-1" : "0"));
  addEventListener("hashchange", follow);
  gazette.onLanguage(tell);
  follow();
});
