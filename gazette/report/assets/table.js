// A table page: chunks of rows come one after another, the newest first; search, filters, order and pages work on all
// that have come. Rows are kept column by column, so that two hundred thousand of them fit.
"use strict";
(() => {
  const TABLE = document.currentScript.dataset.table;
  const { words, columns: names, tables, enums, formulas } = gazette.declaration;
  const declared = tables[TABLE];
  const byName = Object.fromEntries(declared.columns.map((column) => [column.name, column]));
  const data = Object.fromEntries(declared.columns.map((column) => [column.name, []]));
  const LONG = new Set(["quote", "observed", "expectation", "detail", "rule_en", "rule_zh", "statements", "path", "text"]);
  const MID = new Set(["region", "scope", "entity", "lender", "article", "rule"]);
  const state = { shown: [...declared.shown], filters: {}, search: "", sort: null, down: false, page: 0, size: 50 };
  let count = 0;
  let expected = 0;
  let total = 0;
  let found = new Uint32Array(0);
  let texts = null;

  const $ = (id) => document.getElementById(id);
  const isNumber = (column) => column.type === "int" || column.type === "float";
  const isDay = (column) => column.type === "date" || column.type === "timestamp";
  const fold = (text) => String(text).toLowerCase();

  function append(packed) {
    for (const { name } of declared.columns) {
      const into = data[name];
      const { c, d, i, v } = packed.columns[name] || { c: null };
      for (let row = 0; row < packed.n; row += 1) into.push(v ? v[row] : d ? d[i[row]] : c);
    }
    count += packed.n;
    texts = null;
  }

  // ---- what a filter asks for

  // A test of one value, or null where the words mean nothing. Numbers and days: =, >, >=, <, <=, a..b; text: any part.
  function parse(column, text) {
    const asked = text.trim();
    if (!asked) return () => true;
    if (asked === "-") return (value) => value === null;
    if (asked === "*") return (value) => value !== null;
    if (column.enum) return (value) => value === asked;
    if (!isNumber(column) && !isDay(column)) {
      const part = fold(asked);
      return (value) => value !== null && fold(value).includes(part);
    }
    const read = isNumber(column) ? readNumber : readDay;
    const range = asked.split("..");
    if (range.length === 2) {
      const [low, high] = range.map((end) => (end ? read(end) : undefined));
      if (low === null || high === null || (low === undefined && high === undefined)) return null;
      return (value) => value !== null && (low === undefined || value >= low) && (high === undefined || value <= upTo(column, high));
    }
    const [, sign, rest] = /^(>=|<=|>|<|=|≥|≤)?\s*(.*)$/.exec(asked);
    const limit = read(rest);
    if (limit === null) return null;
    const upper = upTo(column, limit);
    switch (sign) {
      case ">": return (value) => value !== null && value > upper;
      case "<": return (value) => value !== null && value < limit;
      case ">=": case "≥": return (value) => value !== null && value >= limit;
      case "<=": case "≤": return (value) => value !== null && value <= upper;
      default: return isNumber(column)
        ? (value) => value === limit
        : (value) => value !== null && value.startsWith(limit);
    }
  }

  const SCALES = { 万: 1e4, 亿: 1e8, 万亿: 1e12, "%": 1 };

  function readNumber(text) {
    const match = /^(-?[\d,]+(?:\.\d+)?(?:e\d+)?)\s*(万亿|万|亿|%)?$/.exec(text.trim());
    return match ? Number(match[1].replaceAll(",", "")) * (SCALES[match[2]] || 1) : null;
  }

  function readDay(text) {
    return /^\d{4}(-\d{2}(-\d{2})?)?$/.test(text.trim()) ? text.trim() : null;
  }

  // A month or year as an upper end takes in all its days.
  const upTo = (column, limit) => (isDay(column) ? `${limit}\uffff` : limit);

  function find() {
    const tests = [];
    for (const [name, text] of Object.entries(state.filters)) {
      const test = parse(byName[name], text);
      const control = document.querySelector(`[data-filter="${name}"]`);
      if (control) control.setAttribute("aria-invalid", String(test === null));
      if (test) tests.push([data[name], test]);
    }
    const asked = fold(state.search.trim());
    if (asked) {
      texts = texts || gather();
      tests.push([texts, (text) => text.includes(asked)]);
    }
    const rows = new Uint32Array(count);
    let kept = 0;
    outer: for (let row = 0; row < count; row += 1) {
      for (const [values, test] of tests) if (!test(values[row])) continue outer;
      rows[kept] = row;
      kept += 1;
    }
    found = rows.subarray(0, kept);
    if (state.sort) order();
    state.page = Math.min(state.page, Math.max(0, Math.ceil(found.length / state.size) - 1));
  }

  // Everything a row says, for the search over all columns.
  function gather() {
    const values = declared.columns.filter((column) => column.type === "string" || isDay(column)).map(({ name }) => data[name]);
    return Array.from({ length: count }, (_, row) => fold(values.map((value) => value[row] ?? "").join("\n")));
  }

  const collator = new Intl.Collator("zh-Hans", { numeric: true });

  function order() {
    const values = data[state.sort];
    const by = byName[state.sort];
    const plain = isNumber(by) || isDay(by);
    const ranks = plain ? null : rank(values);
    const way = state.down ? -1 : 1;
    found = found.slice().sort((a, b) => {
      const one = values[a];
      const other = values[b];
      if (one === null || other === null) return (one === null) - (other === null) || a - b;
      const first = ranks ? ranks.get(one) : one;
      const second = ranks ? ranks.get(other) : other;
      return (first < second ? -way : first > second ? way : 0) || a - b;
    });
  }

  // Collating is slow, so that each distinct value is compared once.
  function rank(values) {
    const distinct = [...new Set(values)].filter((value) => value !== null).sort(collator.compare);
    return new Map(distinct.map((value, number) => [value, number]));
  }

  // ---- what is shown

  const label = (name) => gazette.say(names[TABLE][name]);

  // Of what is told in both languages, the one that the reader has chosen.
  const visible = () => state.shown.filter((name) => !/_(en|zh)$/.test(name) || name.endsWith(`_${gazette.language()}`));

  function drawHead() {
    const titles = visible().map((name) => {
      const sorted = state.sort === name ? (state.down ? "descending" : "ascending") : "none";
      const button = gazette.make("button", { type: "button", title: gazette.say(byName[name].about) }, label(name));
      button.addEventListener("click", () => {
        state.down = state.sort === name ? !state.down : isNumber(byName[name]) || isDay(byName[name]);
        state.sort = name;
        refresh(true);
        document.querySelector(`th[data-column="${name}"] button`).focus();
      });
      return gazette.make("th", { scope: "col", "aria-sort": sorted, "data-column": name, class: isNumber(byName[name]) && "num" }, button);
    });
    const filters = visible().map((name) => gazette.make("td", {}, filterControl(name)));
    $("grid").tHead.replaceChildren(
      gazette.make("tr", {}, gazette.make("th", { scope: "col" }, gazette.say(words.to_sentence)), ...titles),
      gazette.make("tr", {}, gazette.make("td"), ...filters),
    );
  }

  function filterControl(name) {
    const column = byName[name];
    const attributes = { "data-filter": name, "aria-label": `${gazette.say(words.filter_by)}: ${label(name)}` };
    let control;
    if (column.enum) {
      const any = gazette.make("option", { value: "" }, gazette.say(words.any_value));
      const options = Object.entries(enums[column.enum]).map(([value, said]) => gazette.make("option", { value }, gazette.say(said)));
      control = gazette.make("select", attributes, any, ...options);
    } else {
      control = gazette.make("input", { ...attributes, type: "text", placeholder: isNumber(column) ? ">= 100" : isDay(column) ? "2020-03" : "" });
    }
    control.value = state.filters[name] || "";
    control.addEventListener(column.enum ? "change" : "input", () => {
      state.filters[name] = control.value;
      if (!control.value) delete state.filters[name];
      state.page = 0;
      later();
    });
    return control;
  }

  function cell(name, row) {
    const column = byName[name];
    const value = data[name][row];
    if (value === null || value === undefined) return gazette.make("td");
    if (column.measure) {
      const [qualifier, low, high] = ["qualifier", "low", "high"].map((end) => data[`${name}_${end}`][row]);
      const title = qualifier !== "exact" && gazette.interval(low, high, column.unit);
      return gazette.make("td", { class: "num", title }, gazette.figure(value, column.unit, qualifier, low, high));
    }
    if (["value", "low", "high"].includes(name) && data.unit) {
      const qualifier = name === "value" && data.qualifier ? data.qualifier[row] : "exact";
      return gazette.make("td", { class: "num" }, gazette.figure(value, data.unit[row], qualifier, data.low[row], data.high[row]));
    }
    if (isNumber(column)) return gazette.make("td", { class: "num" }, gazette.figure(value, column.unit === "CNY" ? "CNY" : null, "exact"));
    if (isDay(column)) return gazette.make("td", { class: "day" }, String(value).replace("T", " ").replace("+00:00", " UTC"));
    if (column.enum) return gazette.make("td", {}, gazette.say(enums[column.enum][value]) || value);
    if (name === "column" && names[data.table[row]]) return gazette.make("td", {}, gazette.say(names[data.table[row]][value]) || value);
    if (name === "enum" && data.table[row]) return gazette.make("td", {}, sayKind(data.table[row], value));
    if (LONG.has(name)) return gazette.make("td", { class: "long", lang: name === "quote" ? "zh-Hans" : false }, gazette.make("div", { title: value }, value));
    return gazette.make("td", { class: MID.has(name) && "mid" }, value);
  }

  function sayKind(table, value) {
    const kind = { projects: "phase", enterprises: "status", finance: "instrument", labor: "activity" }[table];
    return (kind && gazette.say(enums[kind][value])) || value;
  }

  // Where the row was printed: the page of its issue, at its record or figure.
  function target(row) {
    if (TABLE === "series") {
      const [first] = JSON.parse(data.statements[row]);
      return first && `${gazette.issuePage(first.issue_id)}#r-${first.record_id}`;
    }
    if (TABLE === "documents") return data.status[row] === "published" ? gazette.issuePage(data.issue_id[row]) : null;
    if (!data.issue_id) return null;
    const page = gazette.issuePage(data.issue_id[row]);
    if (!page) return null;
    return TABLE === "mentions" ? `${page}#c${data.char_start[row]}` : `${page}#r-${data.record_id[row]}`;
  }

  function drawRows() {
    const start = state.page * state.size;
    const rows = [...found.subarray(start, start + state.size)].map((row) => {
      const href = target(row);
      const link = href && gazette.make("a", { href, "aria-label": `${gazette.say(words.to_sentence)} ${data[declared.key][row]}` }, "→");
      return gazette.make("tr", {}, gazette.make("td", {}, link), ...visible().map((name) => cell(name, row)));
    });
    $("grid").tBodies[0].replaceChildren(...rows);
    const pages = Math.max(1, Math.ceil(found.length / state.size));
    $("where").textContent = gazette.say(words.page_of, { page: (state.page + 1).toLocaleString(), pages: pages.toLocaleString() });
    $("first").disabled = $("back").disabled = state.page === 0;
    $("on").disabled = $("last").disabled = state.page >= pages - 1;
    tellStatus();
  }

  function tellStatus() {
    const numbers = { shown: found.length.toLocaleString(), total: count.toLocaleString() };
    $("status").textContent = count < expected
      ? gazette.say(words.loading, { done: count.toLocaleString(), total: expected.toLocaleString() })
      : gazette.say(words.rows_shown, numbers);
  }

  function drawPicker() {
    $("picker").replaceChildren(...declared.columns.map((column) => {
      const box = gazette.make("input", { type: "checkbox", checked: state.shown.includes(column.name) });
      box.addEventListener("change", () => {
        state.shown = declared.columns.map(({ name }) => name)
          .filter((name) => (name === column.name ? box.checked : state.shown.includes(name)));
        refresh(true);
      });
      return gazette.make("label", {}, box, label(column.name));
    }));
  }

  // What no row has need not take room; the list of columns brings it back.
  function hideEmpty() {
    if (!count) return;
    state.shown = state.shown.filter((name) => state.filters[name] || data[name].some((value) => value !== null));
    drawPicker();
  }

  function refresh(withHead) {
    find();
    if (withHead) drawHead();
    drawRows();
  }

  let timer = 0;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(false), 120);
  }

  // ---- CSV

  // Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers.
  function quote(value, column) {
    if (value === null || value === undefined) return "";
    if (isNumber(column)) return String(value);
    const text = formulas.includes(String(value).charAt(0) || "x") ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function download() {
    const all = declared.columns;
    const lines = [all.map(({ name }) => name).join(",")];
    for (const row of found) lines.push(all.map((column) => quote(data[column.name][row], column)).join(","));
    const blob = new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
    const link = gazette.make("a", { href: URL.createObjectURL(blob), download: `${TABLE}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // ---- start

  // #column=value&… in the address are filters.
  function readAddress() {
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      if (byName[name]) {
        state.filters[name] = value;
        if (!state.shown.includes(name)) state.shown.push(name);
      }
    }
  }

  const turn = (page) => () => {
    state.page = page();
    drawRows();
    $("scroll").scrollIntoView({ block: "nearest" });
  };

  function listen() {
    $("search").addEventListener("input", (event) => {
      state.search = event.target.value;
      state.page = 0;
      later();
    });
    $("clear").addEventListener("click", () => {
      Object.assign(state, { filters: {}, search: "", page: 0 });
      $("search").value = "";
      refresh(true);
    });
    $("download").addEventListener("click", download);
    $("size").addEventListener("change", (event) => {
      state.size = Number(event.target.value);
      state.page = 0;
      drawRows();
    });
    $("first").addEventListener("click", turn(() => 0));
    $("back").addEventListener("click", turn(() => state.page - 1));
    $("on").addEventListener("click", turn(() => state.page + 1));
    $("last").addEventListener("click", turn(() => Math.ceil(found.length / state.size) - 1));
    gazette.onLanguage(speak);
    addEventListener("hashchange", () => { state.filters = {}; readAddress(); refresh(true); });
  }

  function speak() {
    document.querySelectorAll("[data-aria]").forEach((button) => button.setAttribute("aria-label", gazette.say(words[button.dataset.aria])));
    const kept = $("kept");
    kept.hidden = expected >= total;
    kept.textContent = gazette.say(words.rows_kept, { shown: expected.toLocaleString(), total: total.toLocaleString() });
    drawPicker();
    refresh(true);
  }

  async function start() {
    readAddress();
    listen();
    const index = await gazette.load(`${TABLE}/index`);
    total = index.total;
    expected = index.chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    speak();
    for (const [number, chunk] of index.chunks.entries()) {
      append(await gazette.load(chunk.name));
      if (number === 0) {
        refresh(true);
        performance.mark("first rows");
      } else tellStatus();
    }
    hideEmpty();
    refresh(true);
    performance.mark("all rows");
    document.body.dataset.loaded = "yes";
  }

  document.addEventListener("DOMContentLoaded", start);
})();
