"use strict";

/* Small plots of the last five minutes, one point for each look at the status. */
const Plots = (() => {
  const POINTS = 300;
  const HEIGHT = 150;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  class Plot {
    constructor(parent, title, label) {
      this.data = [[], []];
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      this.caption = caption;
      this.title = title;
      const place = document.createElement("div");
      place.setAttribute("aria-hidden", "true");
      figure.append(caption, place);
      parent.append(figure);
      const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--edge"), width: 1 } };
      this.plot = new uPlot({
        width: Math.max(280, figure.clientWidth - 20),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (u, low, high) => [0, Math.max(1, high * 1.1)] } },
        axes: [axis, { ...axis, size: 60 }],
        series: [{}, { label, stroke: colour("--accent"), width: 2, points: { show: false } }],
      }, this.data, place);
      new ResizeObserver(() => {
        this.plot.setSize({ width: Math.max(280, figure.clientWidth - 20), height: HEIGHT });
      }).observe(figure);
    }

    add(seconds, value) {
      this.data[0].push(seconds);
      this.data[1].push(value);
      if (this.data[0].length > POINTS) {
        this.data[0].shift();
        this.data[1].shift();
      }
      this.caption.textContent = `${this.title}: ${Math.round(value * 10) / 10}`;
      this.plot.setData(this.data);
    }
  }

  return { Plot };
})();
