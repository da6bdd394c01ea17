/* The hubs that are recommended: their marks and catchments on the map, and the sheet that says why here. */

const HUB_PANE = "hubs";

function hubsOf(map, data, state, words, reading, choose) {
  const { byId, template, local, nameOf, el, fold, say, plain, named, digits, count, listed, percent, counts } = words;
  const found = data.hubs;
  const points = pointsOf(found.points);
  const areas = partsByOwner(linesOf(found.catchments), found.sites.length);
  const { site: SITE } = data.palette;
  const people = ([low, high]) => counts(low ?? 0, high ?? 0);
  const kindOf = (kind) => template(`hub_kinds.${kind}`) ?? kind;
  const siteName = (site) => nameOf(site.names) || kindOf(site.kind);

  map.createPane(HUB_PANE).style.zIndex = 640;
  const drawn = L.layerGroup().addTo(map);

  function mark(point, label, kind, tip, onclick) {
    const icon = L.divIcon({ className: `site ${kind}`, html: el("span", {}, label), iconSize: [26, 26] });
    return L.marker(point, { icon, pane: HUB_PANE, keyboard: false }).bindTooltip(() => el("span", { dir: "auto" }, tip()), { direction: "top", offset: [0, -12] })
      .on("click", onclick);
  }

  function paint() {
    drawn.clearLayers();
    if (!state.shown.sites) return;
    const chosen = found.sites[state.hub];
    if (chosen) {
      L.polygon([areas[state.hub]], { color: SITE, weight: 2, fillColor: "#ff8c00", fillOpacity: 0.18, interactive: false, pane: "overlayPane" }).addTo(drawn);
      chosen.others.forEach((other, i) => mark(pointsOf(other.point)[0], "", "second", () => siteName(other), () => {}).addTo(drawn));
    }
    found.sites.forEach((site, i) => mark(points[i], String(i + 1), i === state.hub ? "new chosen" : "new", () => siteName(site), () => showInSight(i)).addTo(drawn));
  }

  /* Who clicks on the map or searches looks there: what opens in the panel comes into sight. */
  function showInSight(i) {
    show(i);
    if (state.hub === i) byId(`site-${i}`).parentElement.scrollIntoView({ block: "nearest" });
  }

  function show(i) {
    choose({ hub: i === state.hub ? null : i, shown: { ...state.shown, sites: true } });
    if (state.hub === null) return;
    const box = L.latLngBounds([points[i], ...areas[i].flat()]);
    map.fitBounds(box, { padding: [20, 20], animate: false, maxZoom: 16 });
  }

  /* ---- what the panel tells of them ---- */

  const walkerOf = (key) => data.profiles.find((profile) => profile.key === key);
  const profileName = (key) => named(local(walkerOf(key)?.name ?? {}) || key);

  /* For what, for whose walk and under which budget the sites were chosen. */
  function chosenFor() {
    const { objective, profile, equity, need, need_not_told: untold, chosen_count: chosen, without_price: without } = found.record;
    return [
      objective && profile ? say(chosen ? "hub.chosen_for" : "hub.not_chosen", { aim: say(`hub.aim_${objective}`), profile: profileName(profile) }) : "",
      equity === "weighted" && need.length ? say("hub.weighted", { list: listed(need.map((part) => say(`hub.need_${part}`))) }) : "",
      untold?.length ? say("hub.need_not_told", { list: listed(untold.map((part) => say(`hub.need_${part}`))) }) : "",
      equity === "lexicographic" ? say("hub.lexicographic") : "",
      ...takings(),
      without ? say("hub.without_price", { count: count(without) }) : "",
      walkerOf(profile)?.rough ? say("walker.rough", { rough: digits(walkerOf(profile).rough.rough), near: digits(walkerOf(profile).rough.near) }) : "",
    ].filter(Boolean).flatMap((sentence) => [sentence, " "]);
  }

  /* The budget, what the chosen sites take, and what must be built beside them. */
  function takings() {
    const { budget, spent, assumed, assumed_count: guessed, chosen_count: chosen, priced, must_count: musts, must_price: price, must_unpriced: unpriced } = found.record;
    const known = chosen && spent !== null;
    if (budget === null && chosen && !known) return []; // money is told of each site alone
    return [
      budget === null ? "" : say(musts ? "hub.budget_beside" : "hub.budget", { budget: count(budget) }),
      known ? say(guessed ? "hub.takes_assumed" : "hub.takes", { spent: count(spent), assumed: count(assumed), count: count(guessed) }) : "",
      musts > unpriced ? say(known ? "hub.must_takes_too" : "hub.must_takes", { price: count(price), sum: count(price + spent) }) : "",
      unpriced && (priced || budget !== null) ? say("hub.must_unpriced", { count: count(unpriced) }) : "",
    ];
  }

  /* Sites that the municipality asks for and that cannot be, each with the reason. */
  function lost() {
    const each = found.lost.map((site) => say("hub.group", { group: named(siteName(site)), people: local(site.why) }));
    return each.length ? el("p", {}, say("hub.must_left_out", { list: listed(each) })) : "";
  }

  /* For whose walk sites were looked for; nothing where localities chose otherwise. */
  const walkerText = () => (found.record.profile ? [say("hub.walker", { profile: profileName(found.record.profile) }), " "] : "");

  /* Why no site is proposed: what speaks against those looked at, or that nobody gains by those weighed. */
  function whyNone() {
    const { candidates, budget } = found.record;
    const why = found.excluded.map(([reason, times]) => say("hub.why_item", { reason: local(reason), count: count(times) }));
    return [
      candidates && budget === null ? say("hub.weighed", { count: count(candidates) }) : "",
      !candidates && why.length ? say("hub.why_none", { list: listed(why) }) : "",
      say("hub.own_sites"),
    ].filter(Boolean).flatMap((sentence) => [sentence, " "]);
  }

  /* Where people of a region are not measured, whom the hubs are of. */
  const ofMeasured = () => (found.record.measured ? el("p", { class: "quiet", id: "hubs-measured" }, say("hub.of_measured")) : "");

  function section() {
    const [nowLow, nowHigh, low, high] = found.left[CITY] ?? [];
    if (!found.sites.length) return [el("p", {}, say("hub.none"), " ", walkerText(), noSureGap(nowLow, nowHigh) || whyNone()), ofMeasured(), notCounted(), lost(), ownSites()];
    return [
      el("p", { class: "lead" }, say("hub.proposed", { count: count(found.sites.length), people: people(found.record.people_gain), minutes: digits(String(found.record.minutes)) })),
      el("p", { class: "quiet" }, chosenFor()),
      ofMeasured(),
      el("ol", { class: "sites" }, found.sites.map((site, i) => el("li", {},
        el("button", { type: "button", id: `site-${i}`, "aria-expanded": String(i === state.hub), onclick: () => show(i) },
          el("span", { class: "badge", "aria-hidden": "true" }, String(i + 1)), named(siteName(site)),
          el("span", { class: "quiet" }, " · ", gain(site), site.must ? [" · ", say("hub.must_short")] : "")),
        i === state.hub ? sheet(site) : ""))),
      lost(),
      el("p", { class: "quiet" }, leftText(people([nowLow, nowHigh]), people([low, high]))),
      notCounted(),
      ownSites(),
    ];
  }

  /* Who gains by a site, in the list of them. */
  function gain({ people: gainers, homes }) {
    if (Math.round(gainers[1])) return say("hub.gain_by_it", { people: people(gainers) });
    return homes ? say("hub.gain_homes", { homes: count(homes) }) : say("hub.gain_nobody");
  }

  /* Why not the building in our quarter: what became of each site that the municipality handed over. */
  function ownSites() {
    if (!found.own.length) return "";
    return fold("own", say("hub.own", { count: count(found.own.length) }),
      el("ul", {}, found.own.map((site) => el("li", {}, named(site.called || siteName(site)), ": ", fateText(site)))));
  }

  function fateText({ fate, people: added, homes, price, rank, why: reason }) {
    const { budget, spent, price: assumed } = found.record;
    const takes = price ?? assumed;
    const told = say(`hub.fate_${fate.replace(",", "").replaceAll(" ", "_")}`, {
      rank: rank ? count(rank) : "", reason: reason ? local(reason) : "",
      price: takes === null ? "" : count(takes), left: budget === null ? "" : count(budget - spent) });
    return el("span", {}, told, added && Math.round(added[1]) ? [" ", say("hub.fate_adds", { people: people(added) })] : "",
      homes ? [" ", say("hub.fate_adds_homes", { homes: count(homes) })] : "");
  }

  /* That nobody is surely without a hub, and of how many it is not known; nothing where some are. */
  function noSureGap(low, high) {
    if (Math.round(low) !== 0) return "";
    const [key, { measured }] = [Math.round(high) ? "hub.no_sure_gap" : "hub.no_gap", found.record];
    if (measured) return say(`${key}_measured`, { localities: count(measured.localities), people: count(measured.people), most: count(high + measured.people_not_measured) });
    return say(!Math.round(high) && found.not_counted.homes ? "hub.no_gap_counted" : key, { most: count(high) });
  }

  /* Of homes without a count nobody knows how many people they have, but by which hubs they are. */
  function notCounted() {
    const { homes, now, then } = found.not_counted;
    return homes ? el("p", { id: "hubs-not-counted" }, say("hub.not_counted", { homes: count(homes), now: count(now), then: count(then) })) : "";
  }

  /* Who is without a hub, by the walk of those whom the sites were chosen for. */
  function leftText(now, then) {
    const { profile } = found.record;
    return !profile || profile === "adult" ? say("hub.left", { now, then }) : say("hub.left_of", { now, then, profile: profileName(profile) });
  }

  function lostText(lost, must) {
    if (Math.round(lost) === 0) return say("hub.same");
    return say(lost > 0 ? "hub.fewer" : must ? "hub.more_than_must" : "hub.more", { people: count(Math.abs(lost)) });
  }

  /* What is known of its price and room; nothing where nobody asks or tells. */
  function money({ price, capacity }, fact) {
    const asked = found.record;
    const room = capacity ?? asked.capacity;
    return [
      price !== null ? fact("price", { price: count(price) })
        : asked.price !== null ? fact("price_assumed", { price: count(asked.price) }) : asked.priced || asked.budget !== null ? fact("price_unknown") : "",
      room === null ? "" : fact("room", { people: count(room) }),
    ];
  }

  function sheet(site) {
    const [number, designation, gush, helka] = site.plan;
    const tries = found.record.tries;
    const fact = (key, values) => el("li", {}, say(`hub.${key}`, values));
    const group = ([by, name, low, high]) => say("hub.group", { group: by === "age" ? named(reading.groupName(name)) : say(`hub.${by}`, { name: named(template(`groups.${by}_${name}`) ?? name) }), people: people([low, high]) });
    return el("div", { class: "sheet" },
      el("ul", {},
        fact("kind", { kind: kindOf(site.kind) }),
        site.change ? fact(`change_${site.change}`) : "",
        site.must ? fact("must") : "",
        Math.round(site.people[1]) ? fact("gains", { people: people(site.people) }) : site.homes ? "" : fact("nobody"),
        site.homes ? fact("homes", { homes: count(site.homes) }) : "",
        site.groups.length ? fact("groups", { list: listed(site.groups.map(group)) }) : "",
        site.areas.length ? fact("areas", { list: listed(site.areas.map(([i, low, high]) => say("hub.group", { group: named(reading.zoneName(i)), people: people([low, high]) }))) }) : "",
        site.saved_s ? fact("saved", { minutes: digits((site.saved_s / 60).toFixed(1)) }) : "",
        site.profiles.length ? fact("profiles", { list: listed(site.profiles.map(([key, low, high]) => say("hub.group", { group: profileName(key), people: people([low, high]) }))) }) : "",
        money(site, fact),
        site.only[1] ? fact("only", { people: people(site.only) }) : "",
        site.services.length ? fact("services", { list: reading.categoryNames(site.services) }) : "",
        tries && site.chosen_share !== null ? fact("chosen", { share: percent(site.chosen_share), near: percent(site.near_share), tries: count(tries) }) : "",
        number || gush ? fact(designation ? "plan" : "plan_alone", { number: digits(number || "–"), designation: named(designation || "–"), gush: digits(gush || "–"), helka: digits(helka || "–") }) : fact("no_plan"),
        fact("unchecked"),
        site.others.length ? el("li", {}, say("hub.others"), el("ul", {}, site.others.map((other) => el("li", {}, named(siteName(other)), ": ",
          lostText(other.lost, site.must), other.change ? [template("page.semicolon"), say(`hub.change_${other.change}`)] : "")))) : ""));
  }

  /* What each further hub adds: bars, the numbers beside them. */
  function steps() {
    const most = Math.max(1, ...found.steps.map(([, , high]) => high));
    const wide = (share) => `width:${(100 * Math.max(0, share)) / most}%`;
    return el("ul", { class: "steps" }, found.steps.map(([hubs, low, high]) => el("li", {},
      el("span", {}, digits(String(hubs))),
      el("span", { class: "step", "aria-hidden": "true" }, el("i", { style: wide(low) }), el("i", { class: "perhaps", style: wide(high - Math.max(0, low)) })),
      el("span", {}, say("hub.plus", { people: people([Math.max(0, low), Math.max(0, high)]) })))));
  }

  function sure() {
    if (!found.sites.length) return "";
    const { gap, candidates } = found.record;
    const words = { candidates: count(candidates), gap: gap === null ? "" : digits(`${(100 * gap).toFixed(gap < 0.001 ? 2 : 1)}%`) };
    return el("li", {}, say(gap === null ? "hub.no_bound" : gap < 1e-4 ? "hub.best" : "hub.near_best", words));
  }

  const missing = (taken) => listed(taken.missing.map((key) => (typeof key === "number" ? reading.categoryNames([key]) : words.reasonText(key))));

  /* What a chosen area would take: places, and ways on foot that are missing. */
  function takes() {
    const [taken, near] = [data.additions[state.row - 1], data.links.of_zones[state.row - 1]];
    const ways = near.map((i) => data.links.rows[i]);
    if (!taken && !ways.length) return [];
    const given = (more) => ({ all: say(taken.all), unasked: reading.categoryNames(taken.unasked), ...more });
    const step = ([kind, categories, gained]) => el("li", {}, say(`takes.${kind}`, given({ list: reading.categoryNames(categories), people: count(gained ?? 0) })));
    const way = ([kind, metres, gained, categories]) => el("li", {}, say("takes.way", {
      kind: template(`takes.${kind}`), metres: digits(String(Math.round(metres))), people: count(gained), list: reading.categoryNames(categories) }));
    return [
      el("h3", {}, say("takes.title")),
      taken ? el("p", {}, say(taken.says, given({ share: percent(taken.share[0]), after: percent(taken.share[1] ?? taken.share[0]), aim: percent(data.aim), list: missing(taken) }))) : "",
      el("ul", { class: "takes" }, [...(taken?.steps ?? []).map(step), ...ways.map(way)]),
      taken?.note ? el("p", { class: "quiet" }, say(taken.note, given())) : "",
      ways.length ? el("p", { class: "quiet" }, say("takes.check")) : ""];
  }

  const more = () => (found.steps.length ? [el("h3", {}, plain("hub.steps")), steps(), el("p", { class: "quiet" }, say("hub.steps_note"))] : []);

  return { paint, section, takes, sure, more, show, showInSight, points, siteName };
}
