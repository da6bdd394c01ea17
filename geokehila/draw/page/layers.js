/* Layers of our own on canvases: the backdrop of streets, homes, hatched polygons. */

/* A canvas of our own under the areas or over them; what it draws, `_draw(pen, size)` of its kind says. */
const CanvasLayer = L.Renderer.extend({
  options: { padding: 0.2 },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.className = this.options.pane;
  },

  _destroyContainer() {
    L.DomUtil.remove(this._container);
    delete this._container;
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const ratio = window.devicePixelRatio || 1;
    L.DomUtil.setPosition(this._container, this._bounds.min);
    Object.assign(this._container, { width: size.x * ratio, height: size.y * ratio });
    Object.assign(this._container.style, { width: `${size.x}px`, height: `${size.y}px` });
    const pen = this._container.getContext("2d");
    pen.scale(ratio, ratio);
    this._draw(pen, size);
  },

  /* Pixels of the whole world at this zoom, and the pixel in which the canvas begins. */
  _scale() {
    return [256 * 2 ** this._zoom, this._map.getPixelOrigin().add(this._bounds.min)];
  },
});

const worldX = (degrees) => degrees / 360 + 0.5;
const worldY = (degrees) => 0.5 - Math.log(Math.tan(Math.PI / 4 + degrees * Math.PI / 360)) / (2 * Math.PI);

/* The streets: all parts on one canvas under the areas; only those in view are drawn. */
const StreetsLayer = CanvasLayer.extend({
  options: { pane: "streets" },

  initialize({ offsets, lon, lat }, color) {
    L.Renderer.prototype.initialize.call(this, { color });
    this._offsets = offsets;
    this._x = lon.map(worldX);
    this._y = lat.map(worldY);
    this._boxes = this._partBoxes();
  },

  _partBoxes() {
    const boxes = new Float64Array(4 * (this._offsets.length - 1));
    for (let part = 0; part < this._offsets.length - 1; part++) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (let v = this._offsets[part]; v < this._offsets[part + 1]; v++) {
        box[0] = Math.min(box[0], this._x[v]);
        box[1] = Math.min(box[1], this._y[v]);
        box[2] = Math.max(box[2], this._x[v]);
        box[3] = Math.max(box[3], this._y[v]);
      }
      boxes.set(box, 4 * part);
    }
    return boxes;
  },

  _draw(pen, size) {
    const [scale, corner] = this._scale();
    const view = [corner.x, corner.y, corner.x + size.x, corner.y + size.y].map((pixels) => pixels / scale);
    pen.strokeStyle = this.options.color;
    pen.lineWidth = Math.min(3, Math.max(0.5, 0.7 * 1.5 ** (this._zoom - 14)));
    pen.beginPath();
    for (let part = 0, drawn = 0; part < this._offsets.length - 1; part++) {
      const at = 4 * part;
      if (this._boxes[at] > view[2] || this._boxes[at + 2] < view[0]) continue;
      if (this._boxes[at + 1] > view[3] || this._boxes[at + 3] < view[1]) continue;
      this._trace(pen, part, scale, corner);
      if (++drawn % 500 === 0) {
        pen.stroke();
        pen.beginPath();
      }
    }
    pen.stroke();
  },

  _trace(pen, part, scale, corner) {
    const [first, last] = [this._offsets[part], this._offsets[part + 1] - 1];
    let x = this._x[first] * scale - corner.x;
    let y = this._y[first] * scale - corner.y;
    pen.moveTo(x, y);
    for (let v = first + 1; v <= last; v++) {
      const nextX = this._x[v] * scale - corner.x;
      const nextY = this._y[v] * scale - corner.y;
      if (v < last && Math.abs(nextX - x) + Math.abs(nextY - y) < 1) continue;
      pen.lineTo(nextX, nextY);
      [x, y] = [nextX, nextY];
    }
  },
});

/* What homes.py told in one byte: by whose cutoff (0 each category's own, i + 1 the i-th walk for all) what is known of
   a home, 0 reached or not scored, 1 beyond, 2 not known. */
const PAIRS = [0, 1, 2, 3, 4].flatMap((without) => Array.from({ length: without + 1 }, (_, beyond) => [without, beyond]));
const HOME_STATES = [0, 1, 2, 3, 4].map((cutoff) => Uint8Array.from({ length: 3 * PAIRS.length }, (_, byte) => {
  if (cutoff === 0) return Math.floor(byte / PAIRS.length);
  const [without, beyond] = PAIRS[byte % PAIRS.length];
  return cutoff <= beyond ? 1 : cutoff <= without ? 2 : 0;
}));

/* Homes by the state of one domain: beyond is a dot, not known a ring; who has it within a walk is not drawn. */
const HomesLayer = CanvasLayer.extend({
  options: { pane: "homes" },

  initialize(units, color) {
    L.Renderer.prototype.initialize.call(this, { color });
    this._x = Float64Array.from({ length: units.length / 2 }, (_, i) => worldX(units[2 * i] / UNITS_PER_DEGREE));
    this._y = Float64Array.from({ length: units.length / 2 }, (_, i) => worldY(units[2 * i + 1] / UNITS_PER_DEGREE));
    this._bytes = new Uint8Array(0);
    this._cutoff = 0;
  },

  show(bytes, cutoff) {
    this._bytes = bytes;
    this._cutoff = cutoff;
    if (this._map) this._update();
  },

  _draw(pen, size) {
    const radius = Math.min(4, Math.max(0.8, 1.2 * 1.45 ** (this._zoom - 14)));
    pen.fillStyle = this.options.color;
    pen.strokeStyle = "#444";
    pen.lineWidth = 0.8;
    for (const kind of [1, 2]) {
      pen.beginPath();
      this._dots(pen, size, kind, radius);
      if (kind === 1) pen.fill();
      else pen.stroke();
    }
  },

  _dots(pen, size, kind, radius) {
    const [scale, corner] = this._scale();
    const states = HOME_STATES[this._cutoff];
    for (let i = 0; i < this._bytes.length; i++) {
      if (states[this._bytes[i]] !== kind) continue;
      const [x, y] = [this._x[i] * scale - corner.x, this._y[i] * scale - corner.y];
      if (x < 0 || y < 0 || x > size.x || y > size.y) continue;
      if (radius < 1.5) pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      else {
        pen.moveTo(x + radius, y);
        pen.arc(x, y, radius, 0, 2 * Math.PI);
      }
    }
  },
});

/* A canvas whose shapes may carry `hatch: true`: the same diagonal lines as the legend's. */
const HatchCanvas = L.Canvas.extend({
  _fillStroke(pen, layer) {
    L.Canvas.prototype._fillStroke.call(this, pen, layer);
    if (!layer.options.hatch) return;
    this._hatch = this._hatch || pen.createPattern(hatchTile(), "repeat");
    pen.globalAlpha = 1;
    pen.fillStyle = this._hatch;
    pen.fill("evenodd");
  },
});

function hatchTile() {
  const side = 8;
  const tile = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = tile.getContext("2d");
  pen.strokeStyle = "rgba(50, 50, 50, 0.7)";
  pen.lineWidth = 1.1;
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return tile;
}
