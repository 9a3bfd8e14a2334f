// Draws a specification in the colours of the page, without `eval`, as one picture to those who hear the page.
"use strict";
(() => {
  function theme() {
    const css = getComputedStyle(document.documentElement);
    const read = (name) => css.getPropertyValue(name).trim();
    const ink = read("--ink");
    const soft = read("--soft");
    const line = read("--line");
    const font = read("--sans");
    return {
      background: "transparent", font,
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: soft, tickColor: soft, labelFontSize: 12 },
      legend: { labelColor: ink, labelFontSize: 12, labelLimit: 320, columns: 1 },
      view: { stroke: line },
      range: { category: ["projects", "enterprises", "finance", "labor", "alarm"].map((name) => read(`--${name}-line`)).concat([soft, ink]) },
    };
  }

  // To those who hear the page a chart is one picture; its figures stand in the list below it.
  function beOnePicture(svg, words) {
    for (const part of svg.querySelectorAll("[role], [aria-label], [aria-roledescription]")) {
      for (const name of ["role", "aria-label", "aria-roledescription", "aria-hidden"]) part.removeAttribute(name);
    }
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", words);
  }

  gazette.plot = async (place, spec, tooltip) => {
    const { view } = await vegaEmbed(place, spec, {
      ast: true, actions: false, renderer: "svg", defaultStyle: false, logLevel: 1, config: theme(), tooltip,
    });
    view.tooltip(tooltip);
    beOnePicture(place.querySelector("svg"), spec.description);
    return view;
  };
})();
