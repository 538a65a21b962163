/* Who is near a title, by a measure and a shrinkage. The formulas are those of
   recsys_lib/models/similarity.py, and a test compares what is shown here with the library. */
"use strict";

Explore.start("neighbours", ({ data, state, picture, finding }) => {
  const everybody = data.n_viewers;
  const MEASURES = { // of co viewers in common, and a and b viewers of the two
    count: [co => co, co => `${co} in common`],
    cosine: [(co, a, b) => co / Math.sqrt(a * b), (co, a, b) => `${co} / √(${a} × ${b})`],
    Jaccard: [(co, a, b) => co / (a + b - co), (co, a, b) => `${co} / (${a} + ${b} − ${co})`],
    lift: [
      (co, a, b) => (co * everybody) / (a * b),
      (co, a, b) => `${co} × ${everybody} / (${a} × ${b})`,
    ],
  };
  const [measure, formula] = MEASURES[state.similarity];
  const shrinkage = state.similarity === "count" ? 0 : Number(state.shrinkage);
  const chosen = data.catalogue.findIndex(([title]) => title === state.title);
  const size = data.catalogue[chosen][2];

  function compare([title, year, viewers], place) {
    const common = data.common[data.titles.indexOf(state.title)][place];
    const likeness = common ? measure(common, size, viewers) : 0;
    const shown = formula(common, size, viewers);
    return {
      place, viewers, common,
      name: `${title} (${year})`,
      chance: (size * viewers) / everybody,
      score: likeness && (likeness * common) / (common + shrinkage),
      why: shrinkage ? `${shown} × ${common} / (${common} + ${shrinkage})` : shown,
    };
  }

  const near = data.catalogue.map(compare)
    .filter(({ place, score }) => place !== chosen && score > 0)
    .sort((one, other) => other.score - one.score || one.place - other.place)
    .slice(0, 10);
  const digits = state.similarity === "count" ? 0 : 2;

  function row({ name, viewers, common, chance, score, why }) {
    const { html, svg } = Explore;
    const width = `${(100 * score) / near[0].score}%`;
    return html("li", {},
      html("span", { class: "name" }, name),
      svg("svg", { class: "bar", "aria-hidden": "true" },
        svg("rect", { class: "track", width: "100%", height: "100%" }),
        svg("rect", { width, height: "100%" })),
      html("strong", {}, score.toFixed(digits)),
      html("span", { class: "facts" },
        `${viewers} viewers, ${common} in common, ${chance.toFixed(1)} by chance`),
      html("span", { class: "formula" }, why));
  }

  picture.replaceChildren(
    Explore.html("h2", {}, `The ten nearest to ${state.title}`),
    Explore.html("p", { class: "facts" }, `${size} of ${everybody} viewers watched it`),
    Explore.html("ol", {}, ...near.map(row)));

  function median(numbers) {
    const sorted = [...numbers].sort((one, other) => one - other);
    const half = sorted.length / 2;
    return Math.round((sorted[Math.floor(half - 0.5)] + sorted[Math.floor(half)]) / 2);
  }

  const few = near.filter(({ common }) => common < 5).length;
  finding([
    `By ${state.similarity}${shrinkage ? `, shrunk by ${shrinkage}` : ""}, nearest to`,
    `${state.title} is ${near[0].name}: ${near[0].common} viewers in common, where chance would`,
    `bring ${near[0].chance.toFixed(1)}. Half of the ten have at least`,
    `${median(near.map(({ viewers }) => viewers))} viewers; half of all titles have at least`,
    `${median(data.catalogue.map(([, , viewers]) => viewers))}.`,
    ...(few ? [`${few} of the ten rest on fewer than five viewers in common.`] : []),
    ...(state.similarity === "count" ? ["A count is not shrunk: the order would stay."] : []),
  ].join(" "));
});
