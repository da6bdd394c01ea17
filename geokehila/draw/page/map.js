/* The map: areas coloured by what is shown, their names, hubs, places of a domain, homes, the backdrop of streets. */

const HUB_PICTURE = '<svg viewBox="0 0 26 26" aria-hidden="true"><path d="M13 1.5 24.5 11v13.5h-23V11z"/><path d="M7.5 17h0M13 12h0M18.5 17h0"/></svg>';
const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
const RESTING_MS = 80;
const HOMES_ZOOM = 16; // from here on homes are drawn unasked

function mapOf(map, data, state, words, reading, themes, select) {
  const { template, el } = words;
  const { zoneTitle, zoneName, numbered, placeName } = reading;
  const { accent, beyond, street } = data.palette;

  for (const [pane, order] of [["streets", 350], ["homes", 450], ["links", 460]]) map.createPane(pane).style.zIndex = order;
  const canvas = new HatchCanvas({ padding: 0.3 });
  const rings = partsByOwner(linesOf(data.areas.shapes), data.areas.ids.length);
  const points = pointsOf(data.places.points);
  const hubs = points.map((_, i) => i).filter((i) => data.places.categories[i].some((c) => data.categories[c].hub));
  const links = linesOf(data.links.lines);
  const ways = partsByOwner(links, data.links.rows.length);
  const layers = {
    streets: new StreetsLayer(linesOf(data.streets), street), homes: new HomesLayer(data.homes.points, beyond),
    hubs: L.layerGroup(), places: L.layerGroup(),
  };
  const polygons = rings.map((ring, i) => L.polygon([ring], { renderer: canvas })
    .bindTooltip(() => zoneTip(i), { sticky: true })
    .on("click", () => select(i + 1, "map"))
    .addTo(map));
  const outline = L.polygon([], { renderer: canvas, fill: false, interactive: false, color: accent, weight: 4 }).addTo(map);
  const missing = L.layerGroup().addTo(map);
  const zoom = L.control.zoom({ position: "topleft" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  let tiles = null;

  hubs.forEach((i) => L.marker(points[i], {
    icon: L.divIcon({ className: "hub", html: HUB_PICTURE, iconSize: [26, 26] }), keyboard: false, riseOnHover: true,
  }).bindTooltip(() => el("span", { dir: "auto" }, placeName(i)), { direction: "top", offset: [0, -12] }).addTo(layers.hubs));

  function zoneTip(i) {
    return el("div", { dir: document.documentElement.dir }, el("b", {}, ...zoneTitle(i)), el("br"), themes.title(), ": ", themes.cell(i + 1));
  }

  function zoneStyle(i) {
    const found = themes.at(i + 1);
    const line = { color: "#555", weight: polygons.length > 1000 ? 0.5 : 1, opacity: 1, dashArray: null, hatch: Boolean(found.hatch) };
    if (data.areas.coverage[i] < data.areas.whole) Object.assign(line, { weight: 1.6, dashArray: "7 4" });
    return found.colour ? { ...line, fillColor: found.colour, fillOpacity: state.shown.tiles ? 0.55 : 0.72 } : { ...line, fillOpacity: 0, color: "#888", dashArray: "1 4" };
  }

  function paint() {
    polygons.forEach((polygon, i) => polygon.setStyle(zoneStyle(i)));
    const bytes = data.homes.states[state.profile]?.[state.domain.key] ?? new Uint8Array(0);
    layers.homes.show(bytes, data.minutes.indexOf(state.minutes) + 1);
    layers.places.clearLayers();
    if (state.shown.places) placesOf(state.domain).forEach((i) => dot(i).addTo(layers.places));
    for (const name of ["streets", "hubs", "places"]) toggle(layers[name], state.shown[name]);
    showHomes();
    background();
    labelSoon();
    outline.setLatLngs(state.row === CITY ? [] : [rings[state.row - 1]]).bringToFront();
    missing.clearLayers();
    if (state.row !== CITY) data.links.of_zones[state.row - 1].forEach((link) => L.polyline(ways[link], { pane: "links", color: accent, weight: 4, dashArray: "2 6", interactive: false }).addTo(missing));
  }

  const toggle = (layer, isShown) => (isShown ? layer.addTo(map) : layer.remove());
  const showHomes = () => toggle(layers.homes, state.shown.homes || map.getZoom() >= HOMES_ZOOM);

  /* Pictures from the internet, only where the user asks for them. */
  function background() {
    if (!state.shown.tiles) return tiles?.remove();
    tiles = tiles ?? L.tileLayer(TILES, { maxZoom: 19 });
    return tiles.addTo(map);
  }

  const placesOf = (domain) => points.map((_, i) => i)
    .filter((i) => data.places.categories[i].some((c) => data.categories[c].domain === domain.key));
  const dot = (i) => L.circleMarker(points[i], {
    renderer: canvas, radius: 4, weight: 1.5, color: "#fff", opacity: 1, fillColor: "#111", fillOpacity: 1,
  }).bindTooltip(() => el("span", { dir: "auto" }, placeName(i)));

  const show = (bounds) => map.fitBounds(bounds, { paddingTopLeft: [50, 18], paddingBottomRight: [18, 18], animate: false });

  /* Every area, as the page opens and as the button shows. */
  function open() {
    if (data.focus) show(data.focus);
  }

  /* Names of the areas they fit into, clear of the hubs and of each other; set once the map rests. */
  const names = L.layerGroup().addTo(map);
  const pen = document.createElement("canvas").getContext("2d");
  const middles = rings.map((ring) => (ring.length ? L.PolyUtil.polygonCenter(widest(ring), L.CRS.EPSG3857) : null));
  const sites = pointsOf(data.hubs.points);

  let resting = 0;
  function labelSoon() {
    clearTimeout(resting);
    resting = setTimeout(label, RESTING_MS);
  }

  function label() {
    names.clearLayers();
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const marked = [...(state.shown.hubs ? hubs.map((i) => points[i]) : []), ...(state.shown.sites ? sites : [])];
    const taken = marked.map((point) => boxAround(map.latLngToLayerPoint(point), 28, 28));
    const view = map.getBounds().pad(0.3);
    middles.forEach((middle, i) => {
      const zone = middle && view.contains(middle) && pixelBounds(polygons[i]);
      if (!zone || zone.getSize().y < 18 || zone.getSize().x < 18) return;
      const text = [zoneName(i), numbered(i)].find((words) => widthOf(words) <= zone.getSize().x);
      if (!text) return;
      const width = widthOf(text);
      const at = map.latLngToLayerPoint(middle);
      const box = [0, 24, -24].map((down) => boxAround(at.add([0, down]), width, 17)).find((b) => zone.contains(b) && !taken.some((t) => t.overlaps(b)));
      if (!box) return;
      taken.push(box);
      const icon = L.divIcon({ className: "zone-name", html: el("span", { dir: "auto" }, text), iconSize: [width, 17] });
      L.marker(map.layerPointToLatLng(box.getCenter()), { icon, interactive: false, keyboard: false }).addTo(names);
    });
  }

  const widthOf = (text) => pen.measureText(text).width + 6;
  const boxAround = (point, width, height) => L.bounds(point.subtract([width / 2, height / 2]), point.add([width / 2, height / 2]));
  const pixelBounds = (polygon) => L.bounds(...["getNorthWest", "getSouthEast"].map((corner) => map.latLngToLayerPoint(polygon.getBounds()[corner]())));

  /* Bring an area into view where it is not. */
  function showZone(i) {
    const box = polygons[i].getBounds();
    if (box.isValid() && !map.getBounds().contains(box)) map.fitBounds(box, { maxZoom: 15 });
  }

  const showPlace = (i) => map.setView(points[i], Math.max(map.getZoom(), 15));

  function translate() {
    const container = map.getContainer();
    container.dir = "ltr";
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", template("page.map"));
    const buttons = { ".leaflet-control-zoom-in": "zoom_in", ".leaflet-control-zoom-out": "zoom_out", ".fit": "fit" };
    for (const [selector, word] of Object.entries(buttons)) {
      const button = container.querySelector(selector);
      button.title = template(`page.${word}`);
      button.setAttribute("aria-label", button.title);
    }
    container.querySelector(".north").lastChild.textContent = template("page.north");
  }

  zoom.getContainer().append(el("a", { class: "fit", role: "button", href: "#", onclick: (event) => { event.preventDefault(); open(); } }, "⤢"));
  map.getContainer().querySelector(".leaflet-bottom.leaflet-left").prepend(el("div", { class: "north leaflet-control", dir: "auto" }, "↑ ", el("span")));
  map.on("zoomend", showHomes);
  map.on("zoomend moveend", labelSoon);
  /* Until somebody moves the map it shows the whole town, also when the room for it changes. */
  let untouched = true;
  for (const touch of ["pointerdown", "wheel", "keydown"]) document.addEventListener(touch, () => { untouched = false; }, { once: true, passive: true });
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false, pan: false });
    if (untouched) open();
  }).observe(map.getContainer());

  return { paint, open, showZone, showPlace, translate, hubs };
}

/* The ring that spans most, where a name belongs. */
function widest(rings) {
  const span = (ring) => { const box = L.latLngBounds(ring); return (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth()); };
  return rings.reduce((best, ring) => (span(ring) > span(best) ? ring : best));
}
