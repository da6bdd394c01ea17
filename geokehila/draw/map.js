/* The map: zones coloured by what is reached, their names, hubs, places of a domain, the backdrop of streets. */

const CLASS_COLOURS = ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"];
const UNKNOWN_COLOUR = "#d5d5d5";
const WHOLE_ZONE_SHARE = 0.95; // less of the zone inside the data: partial
const HUB_PICTURE = '<svg viewBox="0 0 26 26" aria-hidden="true"><path d="M13 1.5 24.5 11v13.5h-23V11z"/><path d="M7.5 17h0M13 12h0M18.5 17h0"/></svg>';

function mapOf(map, data, state, words, reading, select) {
  const { template, el } = words;
  const { reach, shareCell, zoneTitle, zoneLabel, placeName } = reading;

  const canvas = new HatchCanvas({ padding: 0.3 });
  const rings = ringsByOwner(unpackLines(data.zones.shapes), data.zones.ids.length);
  const points = unpackPoints(data.places.points);
  const hubs = points.map((_, i) => i).filter((i) => data.places.categories[i].some((c) => data.categories[c].hub));
  const sites = data.hubs ? unpackPoints(data.hubs.points) : [];
  map.createPane("streets").style.zIndex = 350;
  map.createPane("homes").style.zIndex = 450;
  const layers = { streets: new StreetsLayer(data.streets), homes: new HomesLayer(data.homes.points), hubs: L.layerGroup(), places: L.layerGroup() };
  const states = Object.fromEntries(Object.entries(data.homes.states).map(([domain, packed]) => [domain, decode(packed, Uint8Array)]));
  const polygons = rings.map((ring, i) => L.polygon([ring], { renderer: canvas })
    .bindTooltip(() => zoneTip(i), { sticky: true })
    .on("click", () => select(i + 1, "map"))
    .addTo(map));
  const outline = L.polygon([], { renderer: canvas, fill: false, interactive: false, color: "#b3005e", weight: 4 }).addTo(map);
  const zoom = L.control.zoom({ position: "topleft" }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);

  hubs.forEach((i) => L.marker(points[i], {
    icon: L.divIcon({ className: "hub", html: HUB_PICTURE, iconSize: [26, 26] }), keyboard: false, riseOnHover: true,
  }).bindTooltip(() => el("span", { dir: "auto" }, placeName(i)), { direction: "top", offset: [0, -12] }).addTo(layers.hubs));

  function zoneTip(i) {
    return el("div", { dir: document.documentElement.dir }, el("b", {}, ...zoneTitle(i)), el("br"), shareCell(state.domain, i + 1));
  }

  function zoneStyle(i) {
    const found = reach(state.domain, i + 1);
    const line = { color: "#555", weight: 1, opacity: 1, dashArray: null, hatch: false };
    if (data.zones.coverage[i] < WHOLE_ZONE_SHARE) Object.assign(line, { weight: 2.5, dashArray: "9 5" });
    if (found.kind === "known") return { ...line, fillColor: CLASS_COLOURS[found.class], fillOpacity: 0.72, hatch: found.wide };
    if (found.kind === "unknown") return { ...line, fillColor: UNKNOWN_COLOUR, fillOpacity: 0.72, hatch: true };
    return { ...line, fillOpacity: 0, color: "#888", dashArray: "1 4" };
  }

  function paint() {
    polygons.forEach((polygon, i) => polygon.setStyle(zoneStyle(i)));
    layers.homes.setStates(states[state.domain.key] ?? new Uint8Array(0));
    layers.places.clearLayers();
    if (state.shown.places) placesOf(state.domain).forEach((i) => dot(i).addTo(layers.places));
    for (const [name, layer] of Object.entries(layers)) {
      if (state.shown[name]) layer.addTo(map);
      else layer.remove();
    }
    label();
    outline.setLatLngs(state.row === CITY ? [] : [rings[state.row - 1]]).bringToFront();
  }

  const placesOf = (domain) => points.map((_, i) => i)
    .filter((i) => data.places.categories[i].some((c) => data.categories[c].domain === domain.key));
  const dot = (i) => L.circleMarker(points[i], {
    renderer: canvas, radius: 4, weight: 1.5, color: "#fff", opacity: 1, fillColor: "#111", fillOpacity: 1,
  }).bindTooltip(() => el("span", { dir: "auto" }, placeName(i)));

  const show = (bounds) => map.fitBounds(bounds, { paddingTopLeft: [50, 18], paddingBottomRight: [18, 18], animate: false });

  /* The page opens on the homes; the button shows every zone. */
  function open() {
    if (data.focus) show(data.focus);
  }

  function fit() {
    const all = L.featureGroup(polygons).getBounds();
    if (all.isValid()) show(all);
    else open();
  }

  /* Names of the zones they fit into, clear of the hubs and of each other. */
  const names = L.layerGroup().addTo(map);
  const pen = document.createElement("canvas").getContext("2d");
  const middles = rings.map((ring) => (ring.length ? L.PolyUtil.polygonCenter(widest(ring), L.CRS.EPSG3857) : null));

  function label() {
    names.clearLayers();
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const marked = [...(state.shown.hubs ? hubs.map((i) => points[i]) : []), ...(state.shown.sites ? sites : [])];
    const taken = marked.map((point) => boxAround(map.latLngToLayerPoint(point), 28, 28));
    middles.forEach((middle, i) => {
      const zone = middle && map.getBounds().pad(0.3).contains(middle) && pixelBounds(polygons[i]);
      const text = zone && [zoneLabel(i), data.zones.ids[i]].find((words) => widthOf(words) <= zone.getSize().x);
      if (!text || zone.getSize().y < 18) return;
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

  /* Bring a zone into view where it is not. */
  function showZone(i) {
    const box = polygons[i].getBounds();
    if (!map.getBounds().contains(box)) map.fitBounds(box, { maxZoom: 15 });
  }

  const showPlace = (i) => map.setView(points[i], Math.max(map.getZoom(), 15));

  function translate() {
    const container = map.getContainer();
    container.dir = "ltr";
    container.setAttribute("aria-label", template("page.map"));
    const buttons = { ".leaflet-control-zoom-in": "zoom_in", ".leaflet-control-zoom-out": "zoom_out", ".fit": "fit" };
    for (const [selector, word] of Object.entries(buttons)) {
      const button = container.querySelector(selector);
      button.title = template(`page.${word}`);
      button.setAttribute("aria-label", button.title);
    }
    container.querySelector(".north").lastChild.textContent = template("page.north");
  }

  zoom.getContainer().append(el("a", { class: "fit", role: "button", href: "#", onclick: (event) => { event.preventDefault(); fit(); } }, "⤢"));
  map.getContainer().querySelector(".leaflet-bottom.leaflet-left").prepend(el("div", { class: "north leaflet-control", dir: "auto" }, "↑ ", el("span")));
  map.on("zoomend moveend", label);
  /* Until somebody moves the map it shows the whole town, also when the room for it changes. */
  let untouched = true;
  for (const touch of ["pointerdown", "wheel", "keydown"]) document.addEventListener(touch, () => { untouched = false; }, { once: true, passive: true });
  new ResizeObserver(() => {
    map.invalidateSize({ animate: false, pan: false });
    if (untouched) open();
  }).observe(map.getContainer());

  return { paint, open, showZone, showPlace, translate, hubs };
}
