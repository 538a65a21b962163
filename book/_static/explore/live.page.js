/* The home page that follows from three titles: its rows, and what is odd about them. */
"use strict";

Object.assign(Live, (() => {
  const SLOTS = 6;

  /* Rows of {heading, why, tiles}; a title is shown once. */
  function rows(world, lens, { picks, not, dare }) {
    const all = Live.scores(world, lens, picks, dare);
    const shown = new Set([...picks, ...not]);
    const name = i => world.titles[i];
    function row(heading, why, by, wanted = () => true) {
      const tiles = all.filter(one => !shown.has(one.j) && by(one) > 0 && wanted(one))
        .sort(Live.order(by)).slice(0, SLOTS);
      tiles.forEach(one => shown.add(one.j));
      return { heading, why, tiles };
    }
    const units = { 10: ", in tenths", 100: ", in hundredths", 1000: ", in thousandths" };
    const found = [row("For you", lens.says
      ? `What each of yours says for it${units[lens.unit] ?? ""}: the numbers add up.` : "What most viewers watched, whoever you are.",
    one => one.rank)];
    if (lens.says) {
      picks.forEach((i, place) => found.push(row(`Because you watched ${name(i)}`,
        "What this one title says.", one => one.damped[place])));
    }
    const known = new Set(picks.flatMap(i => [...world.genres[i]]));
    found.push(row("Off your map", "The best guesses that share no genre with yours.",
      one => one.rank, one => world.genres[one.j].isDisjointFrom?.(known)
        ?? ![...world.genres[one.j]].some(genre => known.has(genre))));
    return found.filter(one => one.tiles.length);
  }

  const least = (tiles, by) => tiles.reduce((a, b) => (by(b) < by(a) ? b : a));

  /* The oddest tile, why it is there, and the chapter that explains it. */
  function oddest(world, through, found, picks) {
    const tiles = found[0].tiles, name = one => world.titles[one.j];
    const audience = one => world.viewers[one.j];
    const people = count => `${count} viewer${count === 1 ? "" : "s"}`;
    if (through === "hits") {
      return [name(tiles[0]), "would stand here for anybody: nobody asked what you love.", "01"];
    }
    const small = least(tiles, audience);
    if (through === "lift" || audience(small) < 20) {
      return [name(small), `has ${people(audience(small))} in all: so few that an accident looks`
        + " like a bond.", "04"];
    }
    if (through === "counts") {
      return [name(least(tiles, one => -audience(one))), "is here because nearly everybody watched"
        + " it, and those who love yours are somebody.", "04"];
    }
    if (through === "words") {
      const lift = one => picks.reduce((sum, i) => sum + world.together(i, one.j)
        * world.n_viewers / Math.max(1, world.viewers[i] * world.viewers[one.j]), 0);
      return [name(least(tiles, lift)), "is about the same things. Whether the same people watch it,"
        + " labels do not know.", "06"];
    }
    const near = Live.lenses(world).words.says;
    const strange = least(tiles, one => Math.max(...picks.map(i => near(i, one.j))));
    return [name(strange), "is like none of yours in genre, theme or tone. The model was told none of"
      + " them: it knows who watched what.", "05"];
  }

  return { rows, oddest, SLOTS };
})());
