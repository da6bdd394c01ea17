/* The page's data: numbers as packing.py packed them, and the figures of areas as figures.py laid them out. */

const KINDS = { i4: Int32Array, i2: Int16Array, f4: Float32Array, u1: Uint8Array };
const UNITS_PER_DEGREE = 1e6;
const CITY = 0; // row of the city in every figure; area i is row i + 1

/* Put in the place of every packed leaf of a tree its numbers. */
async function unpack(tree) {
  const leaves = [];
  const walk = (node) => {
    for (const [key, child] of Object.entries(node)) {
      if (child === null || typeof child !== "object") continue;
      if ("packed" in child) leaves.push([node, key]);
      else walk(child);
    }
  };
  walk(tree);
  await Promise.all(leaves.map(async ([node, key]) => { node[key] = await numbersOf(node[key]); }));
  return tree;
}

/* First come the first bytes of all numbers, then the second ones, and so on. */
async function numbersOf({ packed, kind }) {
  const letters = atob(packed);
  const pressed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) pressed[i] = letters.charCodeAt(i);
  const stream = new Blob([pressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = KINDS[kind].BYTES_PER_ELEMENT;
  const count = planes.length / size;
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0, from = 0; plane < size; plane++) {
    for (let to = plane; to < bytes.length; to += size) bytes[to] = planes[from++];
  }
  return new KINDS[kind](bytes.buffer, 0, count);
}

/* Lines: offsets[i]..offsets[i + 1] are the vertices of part i, in degrees. */
function linesOf({ lengths, starts, steps, owner }) {
  const offsets = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => { offsets[i + 1] = offsets[i] + length; });
  const lon = new Float64Array(offsets[lengths.length]);
  const lat = new Float64Array(lon.length);
  for (let part = 0, vertex = 0, step = 0; part < lengths.length; part++) {
    let x = starts[2 * part];
    let y = starts[2 * part + 1];
    for (; vertex < offsets[part + 1]; vertex++) {
      if (vertex > offsets[part]) {
        x += steps[step++];
        y += steps[step++];
      }
      lon[vertex] = x / UNITS_PER_DEGREE;
      lat[vertex] = y / UNITS_PER_DEGREE;
    }
  }
  return { offsets, lon, lat, owner };
}

const pointsOf = (units) => Array.from({ length: units.length / 2 }, (_, i) => [units[2 * i + 1] / UNITS_PER_DEGREE, units[2 * i] / UNITS_PER_DEGREE]);

/* Parts by their owner: the rings of an area, filled even-odd, so that holes and islands come out right. */
function partsByOwner({ offsets, lon, lat, owner }, count) {
  const parts = Array.from({ length: count }, () => []);
  owner.forEach((row, part) => {
    const line = [];
    for (let v = offsets[part]; v < offsets[part + 1]; v++) line.push([lat[v], lon[v]]);
    parts[row].push(line);
  });
  return parts;
}

/* A reader of figures: figure(block, measure, row) is { value, low, high, reason }, or null where nothing is told. */
function figuresOf({ reasons, blocks }, rows) {
  const index = (keys) => new Map(keys.map((key, i) => [key, i]));
  const places = Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, {
    measures: index(block.measures),
    ...Object.fromEntries(["value", "low", "span"].map((kind) => [kind, index(block[kind].of)])),
  }]));
  return (name, measure, row) => {
    const block = blocks[name];
    const i = places[name]?.measures.get(measure);
    if (i === undefined || !block.told[i * rows + row]) return null;
    const of = (kind) => {
      const plane = places[name][kind].get(i);
      const number = plane === undefined ? NaN : block[kind].numbers[plane * rows + row];
      return Number.isNaN(number) ? null : number;
    };
    const low = of("low");
    return { value: of("value"), low, high: low === null ? null : low + of("span"), reason: reasons[block.reason[i * rows + row]] };
  };
}
