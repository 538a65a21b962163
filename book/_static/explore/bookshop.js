/* The bookshop of chapter 14. With endlessly many buyers it is a formula, which stands here once
   more (a test holds it to recsys_lib); the ten shops with single buyers come with the page. */
"use strict";

/* Women's share of the sales when theirs of the window is `shown`. */
function salesShare(shown, men, own) {
  const byMen = shown * (1 - own) / (shown * (1 - own) + (1 - shown) * own);
  const byWomen = shown * own / (shown * own + (1 - shown) * (1 - own));
  return men * byMen + (1 - men) * byWomen;
}

/* Women's share of the window, month by month; the settings are those of `Bookshop`. */
function windowShares(months, men, own, { learns_from = "sales", explore = 0, floor = 0 }) {
  const shares = [Math.max(0.5, floor)];
  while (shares.length < months) {
    const shown = shares.at(-1), sold = salesShare(shown, men, own);
    const perShowing = [sold / shown, (1 - sold) / (1 - shown)];
    const rate = perShowing[0] / (perShowing[0] + perShowing[1]);
    const learned = learns_from === "sales" ? sold : rate;
    shares.push(Math.max((1 - explore) * learned + explore * 0.5, floor));
  }
  return shares;
}

/* Where the share ends if the window follows the sales and nothing else. */
const longRun = (men, own) => Math.min(Math.max((own - men) / (2 * own - 1), 0), 1);

/* What a window is worth to a buyer who finds `shown` of it by the own gender, in logits. */
const worth = (shown, own) => Math.log((shown * own + (1 - shown) * (1 - own)) / 0.5);

const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;

function signed(value) {
  const size = Math.abs(value).toFixed(2);
  return size === "0.00" ? size : (value < 0 ? "−" : "+") + size;
}

const WIDE = 324, LEFT = 46, RIGHT = 276, FLOOR = 228;
const HEIGHTS = [62, 68, 64, 71, 66, 60, 69, 63, 72, 65]; // of a shelf's books, in pixels

function frame(label, parts) {
  const view = { viewBox: `0 0 ${WIDE} 254`, role: "img", "aria-label": label };
  return Explore.svg("svg", view, ...parts);
}

/* The lines that the eye reads shares and months from; half, the share of the shelf, is dotted. */
function drawGrid(x, y) {
  const { svg } = Explore;
  const shares = [0, 0.25, 0.5, 0.75, 1].flatMap(share => [
    svg("path", { d: `M${LEFT} ${y(share)}H${RIGHT}`, class: share === 0.5 ? "shelf" : "grid" }),
    svg("text", { x: LEFT - 6, y: y(share) + 4, class: "end" }, percent(share)),
  ]);
  const months = [1, 6, 12, 18, 24].map(month => {
    const at = { x: x(month - 1), y: 248, class: "middle" };
    return svg("text", at, month === 1 ? "month 1" : month);
  });
  const half = { x: RIGHT, y: y(0.5) - 6, class: "end" };
  return [...shares, ...months, svg("text", half, "their share of the shelf")];
}

function nameOther() {
  const sample = Explore.svg("path", { d: `M${LEFT + 6} 56h32`, class: "other" });
  return [sample, Explore.svg("text", { x: LEFT + 46, y: 60 }, "without the remedy")];
}

/* The share over the months, and beside it where ten shops ended. */
function drawMonths({ shares, without, ends, mean }) {
  const { svg } = Explore, side = RIGHT + 38;
  const x = n => LEFT + (RIGHT - LEFT) * n / (shares.length - 1);
  const y = share => FLOOR - (FLOOR - 34) * share;
  const points = values => values.map((share, n) => `${x(n)} ${y(share)}`);
  const line = (values, kind) => svg("path", { d: `M${points(values).join("L")}`, class: kind });
  const [middle, low, high] = mean.map(end => y(end / 100));
  return frame("Women’s share of the window, a line over 24 months", [
    svg("text", { x: 0, y: 14, class: "heading" }, "Women’s share of the window"),
    ...drawGrid(x, y),
    ...(without ? [line(without, "other"), ...nameOther()] : []),
    line(shares, "chosen"),
    svg("text", { x: WIDE, y: 60, class: "end" }, "ten shops"),
    ...ends.map((end, n) => {
      return svg("circle", { cx: RIGHT + 12 + 4 * (n % 4), cy: y(end / 100), r: 3, class: "shop" });
    }),
    svg("path", { d: `M${side - 4} ${low}h8m-4 0V${high}m-4 0h8`, class: "whisker" }),
    svg("circle", { cx: side, cy: middle, r: 3.5, class: "mean" }),
  ]);
}

/* Twenty books side by side above y, women's first; a book is as wide as its part of the whole. */
function drawBooks(share, y) {
  let x = 0;
  return [...HEIGHTS, ...HEIGHTS].map((height, n) => {
    const part = WIDE * (n < 10 ? share : 1 - share) / 10, width = Math.max(part - 2, part / 2);
    const kind = n < 10 ? "by-woman" : "by-man";
    const book = { x, y: y - height, width, height, rx: Math.min(2, width / 4), class: kind };
    x += part;
    return Explore.svg("rect", book);
  });
}

/* The shelf, and below it the window in the last month. */
function drawWindow(share) {
  const { svg } = Explore;
  const row = (top, heading, part) => [
    svg("text", { x: 0, y: top + 14, class: "heading" }, heading),
    ...drawBooks(part, top + 96),
    svg("path", { d: `M0 ${top + 96}H${WIDE}`, class: "board" }),
    svg("text", { x: 0, y: top + 113 }, `by women ${percent(part)}`),
    svg("text", { x: WIDE, y: top + 113, class: "end" }, `by men ${percent(1 - part)}`),
  ];
  return frame("Twenty books on the shelf, and the same books in the window", [
    ...row(0, "On the shelf: twenty books, equally good", 0.5),
    ...row(134, "In the window, month 24: as wide as shown", share),
  ]);
}

/* What two years have not yet brought, where no remedy is at work. */
function afterwards(men, own) {
  const end = longRun(men, own);
  if (own === 0.5) return "Nobody leans, so any share would stay as it is.";
  if (end === 0.5) return "Nothing but luck would move them from there.";
  if (end > 0) return `In the long run ${percent(end, 1)} would be left.`;
  return `In the long run nothing is left: men are ${percent(men)} of the buyers, no fewer than ` +
    `the ${percent(own)} who choose by their own gender.`;
}

/* What the picture shows, in words. */
function say({ men, own, shares, without, mean }) {
  const last = shares.at(-1), [middle, low, high] = mean.map(end => percent(end / 100, 1));
  const compared = without ? `; without the remedy, ${percent(without.at(-1), 1)}` : "";
  const unsure = mean[1] <= 50 && mean[2] >= 50;
  const luck = unsure ? ": no difference from half that luck could not make" : "";
  return [
    "Women’s books are half of the shelf and just as good. In month 24 they fill " +
      `${percent(last, 1)} of the window${compared}.`,
    without ? "" : afterwards(men, own),
    `Ten shops with 1,000 buyers a month end at ${middle} on average (95\u00a0% interval ` +
      `${low} to ${high})${luck}.`,
    `The window is worth ${signed(worth(last, own))} to a woman and ` +
      `${signed(worth(1 - last, own))} to a man, where half and half is worth 0.`,
  ].filter(Boolean).join(" ");
}

/* The remedy's name in the data. At strength 0 there is none; the third has no strength. */
function chosenRemedy({ remedy, strength }) {
  if (remedy === "showing") return remedy;
  return strength === "0" ? "none" : `${remedy} ${strength}`;
}

Explore.start("bookshop", ({ data, state, picture, finding }) => {
  const remedy = chosenRemedy(state), key = `${remedy}/${state.men}/${state.own}`;
  const men = state.men / 100, own = state.own / 100;
  const sharesOf = name => windowShares(data.months, men, own, data.remedies[name]);
  const found = { men, own, ends: data.ends[key], mean: data.mean[key], shares: sharesOf(remedy) };
  if (remedy !== "none") found.without = sharesOf("none");
  const { strength } = picture.closest("section").querySelector("form").elements;
  strength.closest(".control").style.visibility = remedy === "showing" ? "hidden" : "";
  picture.replaceChildren(drawWindow(found.shares.at(-1)), drawMonths(found));
  finding(say(found));
});
