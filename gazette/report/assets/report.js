// What every page needs: the language it is read in, numbers as people write them, and data that come as scripts.
// Loaded before the page is drawn, so that it is drawn in the right language at once.
"use strict";
const gazette = (() => {
  const root = document.documentElement;
  const listeners = [];
  const waiting = new Map();
  const KEY = "gazette-language";

  function recall() {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }

  function language() {
    return root.dataset.lang;
  }

  function setLanguage(name, keep) {
    root.dataset.lang = name;
    root.lang = name === "zh" ? "zh-Hans" : "en";
    if (keep) {
      try { localStorage.setItem(KEY, name); } catch { /* a page from disk may have no storage */ }
    }
    const button = document.getElementById("language");
    if (button) {
      button.textContent = name === "zh" ? "English" : "中文";
      button.lang = name === "zh" ? "en" : "zh-Hans";
    }
    document.querySelectorAll("data.num").forEach(writeNumber);
    for (const listener of listeners) listener(name);
  }

  // Values of `words` are {en, zh}; {name} in them is filled in.
  function say(words, values = {}) {
    if (!words) return "";
    return words[language()].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  const SIGNS = { about: "≈", more_than: ">", at_least: "≥", nearly: "<", at_most: "≤" };
  const SCALES = {
    zh: [[1e12, "万亿"], [1e8, "亿"], [1e4, "万"]],
    en: [[1e12, " tn"], [1e9, " bn"], [1e6, " m"]],
  };

  function plain(value) {
    return Number(value.toPrecision(15)).toLocaleString("en-US", { maximumFractionDigits: 10 });
  }

  function scaled(value, unit) {
    if (unit === "percent") return `${plain(value)}%`;
    if (unit !== "CNY") return plain(value);
    const found = SCALES[language()].find(([scale]) => Math.abs(value) >= scale);
    const text = found ? plain(value / found[0]) + found[1] : plain(value);
    return language() === "zh" ? `${text}元` : `¥${text}`;
  }

  // A value with the sign of how exactly it was printed; a range as its two ends.
  function figure(value, unit, qualifier, low, high) {
    if (value === null || value === undefined) return "";
    if (qualifier === "range" && low != null && high != null) return `${scaled(low, unit)}–${scaled(high, unit)}`;
    return (SIGNS[qualifier] || "") + scaled(value, unit);
  }

  function interval(low, high, unit) {
    const open = language() === "zh" ? "不限" : "open";
    return `${low == null ? open : scaled(low, unit)} – ${high == null ? open : scaled(high, unit)}`;
  }

  function writeNumber(element) {
    const { unit, qualifier, low, high } = element.dataset;
    const end = (text) => (text === undefined ? null : Number(text));
    element.textContent = figure(Number(element.value), unit, qualifier, end(low), end(high));
    if (qualifier !== "exact") element.title = interval(end(low), end(high), unit);
  }

  // Scripts of data call this; whoever asked for the name gets the value.
  function data(name, value) {
    const resolve = waiting.get(name);
    if (resolve) { waiting.delete(name); resolve(value); }
  }

  function load(name) {
    return new Promise((resolve, reject) => {
      waiting.set(name, resolve);
      const script = document.createElement("script");
      script.src = `${document.body.dataset.root}data/${name}.js`;
      script.onload = () => script.remove();
      script.onerror = () => reject(new Error(`data/${name}.js cannot be read`));
      document.head.append(script);
    });
  }

  // An element with attributes and children; strings become text, never markup.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function issuePage(issueId) {
    const safe = /^[0-9a-f]{32,}$/.test(issueId || "") ? issueId : null;
    return safe && `${document.body.dataset.root}issues/${safe.slice(0, 2)}/${safe.slice(0, 32)}.html`;
  }

  function onLanguage(listener) {
    listeners.push(listener);
  }

  setLanguage(recall() || (/^zh\b/i.test(navigator.language) ? "zh" : "en"), false);
  document.addEventListener("DOMContentLoaded", () => {
    setLanguage(language(), false);
    document.getElementById("language").addEventListener("click", () => {
      setLanguage(language() === "zh" ? "en" : "zh", true);
    });
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  });

  return { data, load, say, language, onLanguage, figure, interval, scaled, make, issuePage, declaration: {} };
})();
