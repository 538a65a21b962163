/* One tile, four pictures: what a log says of a policy that did not write it. The log is drawn in
   the page; a test draws it again and asks recsys_lib.offpolicy for the same estimates. */
"use strict";

/* Pages of a log of which a share `explored` was drawn by lot, the others show the usual picture. */
function writeLog({ sizes, first, share, clicks, often, pictures }, explored) {
  const lot = Explore.lots(first);
  return Array.from({ length: Math.max(...sizes) }, () => {
    const [who, byLot, which, click] = [lot(), lot(), lot(), lot()];
    const taste = who >= share ? 1 : 0;
    const picture = byLot < explored ? Math.floor(which * pictures.length) : often;
    const propensity = explored / pictures.length + (picture === often ? 1 - explored : 0);
    return { taste, picture, propensity, clicked: click < clicks[taste][picture] ? 1 : 0 };
  });
}

/* Each click counts as often as the new policy would have shown the picture more than the log did. */
function estimates(log, shown, { sizes, t }) {
  let n = 0, sum = 0, squares = 0, agree = 0;
  return sizes.map((size, place) => {
    for (; n < size; n++) {
      const { taste, picture, propensity, clicked } = log[n];
      if (shown[taste] !== picture) continue;
      agree += 1;
      sum += clicked / propensity;
      squares += (clicked / propensity) ** 2;
    }
    const value = sum / n, error = Math.sqrt((squares - n * value ** 2) / (n - 1) / n);
    return { value, low: value - t[place] * error, high: value + t[place] * error, agree };
  });
}

const trueValue = ({ share, clicks }, shown) => share * clicks[0][shown[0]] + (1 - share) * clicks[1][shown[1]];

const percent = share => `${(100 * share).toFixed(1)}\u00a0%`.replace("-", "−");

const WIDE = 360, TALL = 236, LEFT = 44, TOP = 26, FOOT = 34, MOST = 0.24; // of the charts; a share

const chart = (label, ...parts) =>
  Explore.svg("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": label }, ...parts);

/* The estimate and its interval as the log grows, and the truth. */
function drawFunnel(found, truth, { sizes }) {
  const { svg } = Explore;
  const span = Math.log(sizes.at(-1) / sizes[0]);
  const x = size => LEFT + (WIDE - LEFT - 14) * Math.log(size / sizes[0]) / span;
  const y = share => TOP + (TALL - TOP - FOOT) * (1 - Math.max(0, Math.min(MOST, share)) / MOST);
  const along = part => sizes.map((size, n) => `${x(size).toFixed(1)} ${y(found[n][part]).toFixed(1)}`);
  const band = `M${along("high").join("L")}L${along("low").reverse().join("L")}Z`;
  return chart("The estimate with its interval, narrower as the log grows, and the truth as a dotted line",
    svg("text", { x: 0, y: 14, class: "heading" }, "Clicks a page, estimated"),
    ...[0, 0.08, 0.16, 0.24].flatMap(share => [
      svg("path", { d: `M${LEFT} ${y(share)}H${WIDE - 14}`, class: "grid" }),
      svg("text", { x: LEFT - 6, y: y(share) + 4, class: "end" }, `${(100 * share).toFixed(0)}\u00a0%`),
    ]),
    ...[100, 1000, 10000].map(size =>
      svg("text", { x: x(size), y: TALL - 19, class: "middle" }, size.toLocaleString("en"))),
    svg("text", { x: WIDE, y: TALL - 3, class: "end" }, "pages of the log"),
    svg("path", { d: band, class: "band" }),
    svg("path", { d: `M${along("value").join("L")}`, class: "chosen" }),
    svg("path", { d: `M${LEFT} ${y(truth)}H${WIDE - 14}`, class: "shelf" }));
}

/* What the log has shown, and of that what the policy would have shown too. */
function drawShown(log, shown, data) {
  const { svg } = Explore, rows = data.pictures.flatMap((picture, p) => data.tastes.map((taste, g) => ({
    name: `${picture}, ${taste}`, mine: shown[g] === p,
    pages: log.filter(page => page.picture === p && page.taste === g).length,
  })));
  const most = Math.max(...rows.map(row => row.pages)), step = (TALL - TOP) / rows.length;
  return chart("How many pages of the log show each picture to each taste; those that count are blue",
    svg("text", { x: 0, y: 14, class: "heading" }, "Pages of the log, by picture and taste"),
    ...rows.flatMap(({ name, mine, pages }, n) => {
      const middle = TOP + step * (n + 0.5);
      return [
        svg("text", { x: 138, y: middle + 4, class: "end" }, name),
        svg("rect", { x: 146, y: middle - 6, width: Math.max(1, 150 * pages / most), height: 12, class: mine ? "counts" : "rest" }),
        svg("text", { x: 152 + 150 * pages / most, y: middle + 4 }, pages.toLocaleString("en")),
      ];
    }));
}

function say({ sizes }, { policy, pages, explored }, found, truth) {
  const { value, low, high, agree } = found[sizes.indexOf(Number(pages))];
  const start = `${Number(pages).toLocaleString("en")} pages, ${(100 * explored).toFixed(0)}\u00a0% of their pictures drawn by lot; ` +
    `${agree.toLocaleString("en")} of them show what “${policy}” would have shown`;
  if (value === 0) return `${start}, and none of these was clicked: this log cannot answer. The truth is ${percent(truth)} clicks a page.`;
  const inside = low <= truth && truth <= high;
  const held = inside ? "the interval holds it" : "the interval misses it, as one in twenty does, and more where few pages count";
  return `${start}. From them it would have brought ${percent(value)} clicks a page (95\u00a0% interval ${percent(low)} to ` +
    `${percent(high)}). The truth is ${percent(truth)}, and ${held}.`;
}

Explore.start("pictures", ({ data, state, picture, finding }) => {
  const log = writeLog(data, Number(state.explored)), shown = data.policies[state.policy];
  const found = estimates(log, shown, data), truth = trueValue(data, shown);
  picture.replaceChildren(drawFunnel(found, truth, data), drawShown(log.slice(0, Number(state.pages)), shown, data));
  finding(say(data, state, found, truth));
});
