/* Over time: what this run and those before it tell of the whole city, a little chart a domain and one table of all. */

const SVG = "http://www.w3.org/2000/svg";
/* [px] Of a chart, and of what is left free around its bands for shares at the left and dates below. */
const CHART = { width: 230, height: 136, left: 42, right: 16, top: 6, bottom: 30 };
const DATED = 5; // so many dates have room below a chart

function lineOf(data, words, reading) {
  const { template, local, el, say, plain, named, digits, count, shares, grid } = words;
  const runs = data.line;
  const last = runs.at(-1);
  const { 1: pale, 4: dark } = data.palette.ramps.better;

  function svg(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const x = (i) => CHART.left + (i * (CHART.width - CHART.left - CHART.right)) / (runs.length - 1);
  const y = (share) => CHART.top + (1 - share) * (CHART.height - CHART.top - CHART.bottom);
  const path = (points) => points.map(([at, share]) => `${x(at).toFixed(1)},${y(share).toFixed(1)}`).join(" ");

  /* Runs that are joined, as [which, least, most]: all of one method, each with a share of the domain. */
  function pieces(key) {
    const found = [[]];
    runs.forEach((run, i) => {
      if (run.differs || !run.shares[key]) found.push([]);
      if (run.shares[key]) found.at(-1).push([i, ...run.shares[key]]);
    });
    return found.filter((piece) => piece.length);
  }

  function band(piece) {
    const [least, most] = [1, 2].map((end) => piece.map((point) => [point[0], point[end]]));
    return svg("g", { class: "band", stroke: dark, fill: dark },
      svg("polygon", { points: path([...least, ...[...most].reverse()]), fill: pale, stroke: "none" }),
      ...[least, most].map((end) => svg("polyline", { points: path(end), fill: "none" })),
      ...piece.map(([i, low, high]) => svg("line", { x1: x(i), x2: x(i), y1: y(low), y2: y(high) })),
      ...[...least, ...most].map(([i, share]) => svg("circle", { cx: x(i), cy: y(share), r: 2.5, stroke: "none" })));
  }

  /* Shares from none to all at the left, dates below: as many as have room, the last among them. */
  function axes() {
    const step = Math.ceil(runs.length / DATED);
    const isDated = (i) => (runs.length - 1 - i) % step === 0;
    return [
      ...[0, 0.5, 1].flatMap((share) => [
        svg("line", { class: "rule", x1: CHART.left - 6, x2: CHART.width, y1: y(share), y2: y(share) }),
        svg("text", { x: CHART.left - 9, y: y(share) + 3.5, "text-anchor": "end" }, `${100 * share}%`)]),
      ...runs.flatMap(({ date }, i) => (isDated(i) ? [(date || "?").slice(0, 4), date.slice(5)].map((part, line) =>
        svg("text", { x: x(i), y: CHART.height - 17 + 12 * line, "text-anchor": "middle" }, part)) : [])),
    ];
  }

  /* Between two runs of other methods stands a mark, and along it the word. */
  function breaks() {
    const [top, bottom] = [y(1), y(0)];
    return runs.flatMap((run, i) => {
      if (!run.differs) return [];
      const at = x(i - 0.5);
      return [
        svg("line", { class: "break", x1: at, x2: at, y1: top, y2: bottom }),
        svg("text", { class: "break", "text-anchor": "middle", transform: `translate(${at - 5} ${(top + bottom) / 2}) rotate(-90)` }, template("line.broken"))];
    });
  }

  function cell(share) {
    if (!share) return say("cell.empty");
    return share[1] - share[0] > data.nothing_known_share ? say("cell.unknown") : shares(...share);
  }

  /* The table says the same, so that who listens hears it once. */
  const charts = () => el("div", { class: "lines", "aria-hidden": "true" }, reading.scored.map((domain) => el("div", {},
    el("p", {}, el("b", {}, local(domain.name)), el("br"), digits(last.date || "?"), ": ", cell(last.shares[domain.key])),
    svg("svg", { viewBox: `0 0 ${CHART.width} ${CHART.height}` }, ...axes(), ...pieces(domain.key).map(band), ...breaks()))));

  function runCell(run) {
    return [
      digits(run.date || "?"), " ", el("bdi", { class: "quiet", dir: "ltr" }, run.run),
      run.differs ? el("span", { class: "broken" }, say("line.broken")) : ""];
  }

  const rows = () => runs.map((run) => [
    runCell(run), run.people === null ? say("cell.empty") : count(run.people), ...reading.scored.map((domain) => cell(run.shares[domain.key]))]);

  function section() {
    return runs.length < 2 ? [] : [
      el("h3", {}, say("line.title", { subject: named(local(data.city)) })),
      el("p", { class: "quiet" }, say("line.note")),
      charts(),
      runs.some((run) => run.differs) ? el("p", { class: "quiet" }, say("line.method")) : "",
      el("p", { id: "cause" }, say("line.cause", { command: el("bdi", { dir: "ltr", lang: "en" }, "geokehila compare") })),
      el("div", { class: "told" }, grid([plain("line.run"), plain("table.people"), ...reading.scored.map((domain) => local(domain.name))], rows()))];
  }

  return { section };
}
