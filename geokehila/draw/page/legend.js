/* What the map shows, to be chosen, and what its colours and marks stand for. */

function legendOf(data, state, words, reading, themes, choose) {
  const { template, local, el, fold, say, plain, named, digits, listed } = words;

  /* A measure that the run could not make is listed with its reason below, not offered. */
  function theme() {
    const option = ([key, label]) => el("option", { value: key, selected: key === state.shows }, label);
    return el("label", { class: "pick theme" }, el("span", {}, say("theme.label")),
      el("select", { id: "theme", onchange: (event) => choose({ shows: event.target.value }) },
        themes.choices().map(([key, choices]) => {
          const offered = choices.filter(([, , absent]) => !absent);
          return offered.length ? el("optgroup", { label: template(`theme.${key}`) }, offered.map(option)) : "";
        })));
  }

  function key(swatch, ...words) {
    return el("li", {}, el("span", { class: "swatch", "aria-hidden": "true" }, swatch), el("span", {}, ...words));
  }
  const square = (colour, extra = "") => el("i", { class: extra, style: `background-color:${colour}` });

  function classes() {
    const required = data.categories.filter((c) => c.required && c.domain === state.domain.key);
    const minutes = (category) => digits(String(state.minutes === OWN ? category.minutes : state.minutes));
    const walks = required.map((c) => say("legend.walk_item", { category: named(local(c.name)), minutes: minutes(c) }));
    return el("div", { class: "walks" },
      walks.length && themes.isOfDomain() ? el("p", { class: "quiet" }, say("legend.walk", { list: listed(walks) })) : "",
      data.region ? el("p", { class: "quiet" }, say("page.localities")) : "",
      el("p", {}, ...themes.direction()),
      el("ul", { class: "classes" }, themes.classes().map(([colour, words]) => key(square(colour), words))));
  }

  function marks() {
    const found = data.areas.ids.map((_, i) => themes.at(i + 1));
    return el("ul", { class: "marks" },
      found.some((one) => one.kind === "known" && one.hatch) ? key(square("#fff", "hatch"), say("legend.wide")) : "",
      found.some((one) => one.kind === "unknown") ? key(square(data.palette.unknown, "hatch"), say("legend.unknown")) : "",
      found.some((one) => one.kind === "uncounted") ? key(square(data.palette.unknown), say("legend.uncounted")) : "",
      found.some((one) => one.kind === "no_people") ? key(square("transparent", "empty"), say("legend.no_people")) : "",
      data.areas.coverage.some((share) => share < data.areas.whole) ? key(square("transparent", "partial"), say("legend.partial")) : "");
  }

  function layers() {
    const toggle = (name, ...label) => el("label", {}, el("input", {
      type: "checkbox", id: `layer-${name}`, checked: state.shown[name],
      onchange: (event) => choose({ shown: { ...state.shown, [name]: event.target.checked } }),
    }), el("span", { class: `swatch mark-${name}`, "aria-hidden": "true" }), el("span", {}, ...label));
    const picture = el("span", { class: "swatch hub", "aria-hidden": "true" });
    picture.innerHTML = HUB_PICTURE;
    const hubToggle = toggle("hubs", say("legend.hub"));
    hubToggle.children[1].replaceWith(picture);
    const domain = () => named(local(state.domain.name));
    return el("div", { class: "layers", role: "group", "aria-label": plain("legend.layers") },
      toggle("sites", say("legend.sites")), data.region ? "" : toggle("homes", say("legend.homes", { domain: domain() })),
      hubToggle, ...(data.region ? [] : [toggle("places", say("legend.places", { domain: domain() })), toggle("streets", say("legend.streets"))]),
      toggle("tiles", say("tiles.label")));
  }

  function absent() {
    const rows = themes.absent();
    return rows.length ? fold("absent", say("theme.absent"), el("ul", {}, rows.map(([name, reason]) => el("li", {}, name, ": ", reason)))) : "";
  }

  const legend = () => [
    theme(),
    fold("key", themes.title(), classes(), marks(), layers(), absent())];

  return { legend };
}
