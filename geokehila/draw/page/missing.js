/* The first and the third question of the panel: what is missing and for how many, and how sure that is. */

function missingOf(data, state, words, reading, chart, hubs, choose, select) {
  const { template, local, el, fold, say, plain, named, digits, count, counts, listed, percent, percentText, reasonText } = words;
  const { scored, score, people, part, reach, shareCell, sentence, subject, weakest } = reading;
  const ramp = data.palette.ramps.better;

  function bar(found) {
    const isUnknown = found.kind === "unknown";
    const track = el("span", { class: `bar ${found.kind}`, "aria-hidden": "true" });
    if (found.kind !== "known" && !isUnknown) return track;
    const [low, high] = isUnknown ? [0, 1] : [found.low, found.high];
    track.append(
      el("span", { style: `width:${100 * low}%;background:${ramp[found.class] ?? data.palette.unknown}` }),
      el("span", { class: "hatch", style: `width:${100 * (high - low)}%` }));
    return track;
  }

  function strip() {
    return el("div", { class: "strip", role: "radiogroup", "aria-label": plain("headline.missing") }, data.domains.map((domain) => {
      const id = `domain-${domain.key}`;
      const radio = el("input", {
        type: "radio", name: "domain", id, value: domain.key, checked: domain === state.domain, disabled: !domain.scored,
        onchange: () => choose({ domain, shows: state.shows === GAP ? GAP : SHARE }),
      });
      return el("label", { for: id, class: domain.scored ? "" : "described" }, radio,
        el("span", { class: "name" }, local(domain.name)), bar(reach(domain, state.row)),
        el("span", { class: "figure" }, shareCell(domain, state.row)));
    }));
  }

  /* ---- who walks, how far, and for whom it is asked ---- */

  function pick(id, label, options, chosen, take) {
    return el("label", { class: "pick" }, el("span", {}, say(label)),
      el("select", { id, onchange: (event) => take(event.target.value) },
        options.map(([value, text]) => el("option", { value, selected: value === chosen }, text))));
  }

  const minutesName = (minutes) => (minutes === OWN ? plain("walker.own") : plain("walker.minutes", { minutes: String(minutes) }));

  /* Ages are told of an adult's walk by each category's own cutoff only. */
  function walker() {
    const profile = data.profiles.find((one) => one.key === state.profile);
    const cutoffs = [OWN, ...data.minutes];
    const groups = data.figures.groups;
    return fold("walker", [say("walker.title"), ": ", el("span", { class: "quiet" },
        [reading.profileName(profile), minutesName(state.minutes), ...(state.group === TOTAL ? [] : [reading.groupName(state.group)])].join(template("page.comma")))],
      el("div", { class: "picks" },
        pick("profile", "walker.who", data.profiles.map((one) => [one.key, reading.profileName(one)]), state.profile, (profile) => choose({ profile, group: profile === ADULT ? state.group : TOTAL })),
        pick("minutes", "walker.how_far", cutoffs.map((minutes) => [String(minutes), minutesName(minutes)]), String(state.minutes),
          (minutes) => choose({ minutes: minutes === OWN ? OWN : Number(minutes), group: TOTAL })),
        groups.length > 1 ? pick("group", "page.for_whom", groups.map((group) => [group, reading.groupName(group)]), state.group,
          (group) => choose(group === TOTAL ? { group } : { group, minutes: OWN, profile: ADULT })) : ""));
  }

  function walkerNotes() {
    const profile = data.profiles.find((one) => one.key === state.profile);
    return [
      profile.optimistic ? el("p", { class: "note", id: "optimistic" }, say("walker.optimistic")) : "",
      profile.rough ? el("p", { class: "note", id: "rough" }, say("walker.rough", { rough: digits(profile.rough.rough), near: digits(profile.rough.near) })) : "",
      profile.on_wheels ? el("p", { class: "note", id: "doors" }, say("walker.doors")) : "",
      state.minutes === OWN ? "" : el("p", { class: "note" }, say("walker.sensitivity", { minutes: digits(String(state.minutes)) }))];
  }

  /* ---- the section ---- */

  function headCount() {
    const [given, share] = [{ people: count(people(state.row)) }, part(state.row)];
    return share === null ? say("sentence.people", given) : say("sentence.people_partial", { ...given, share: percent(share) });
  }

  /* Of a region: who is counted, and stands on the map of no locality; of the chosen one, or of each. */
  function notPlaced() {
    const each = data.areas.not_placed.flatMap((left, i) => (left && [CITY, i + 1].includes(state.row)
      ? [say("sentence.not_placed_item", { locality: named(reading.zoneName(i)), people: count(left) })] : []));
    return each.length ? [el("p", { class: "quiet", id: "not-placed" }, say("sentence.not_placed", { list: listed(each) }))] : [];
  }

  function card() {
    const words = data.region ? "locality" : "card";
    if (state.row === CITY) return el("p", { class: "quiet" }, say(`page.${words}_hint`));
    const sheet = data.areas.cards[state.row - 1];
    if (!sheet) return el("p", { class: "quiet" }, say(data.areas.functions[state.row - 1] === "outside" ? "page.outside" : "page.locality_absent"));
    return el("a", { id: "card", class: "button", href: `${sheet}#${state.language}`, target: "_blank", rel: "noopener" }, say(`page.${words}`));
  }

  /* Where the map does not tell who has a domain: how far an adult walks to the nearest place that is known. */
  function nearestKnown(domain) {
    const { kind, reason } = reach(domain, state.row);
    if (kind !== "unknown" || !reason.includes("not mapped") || state.profile !== ADULT || state.group !== TOTAL) return [];
    const walks = data.categories.filter((category) => category.required && category.domain === domain.key)
      .map((category) => [category, reading.measured(`category_${category.key}_median_s`, state.row)?.value ?? null]).filter(([, s]) => s !== null);
    const each = walks.map(([category, s]) => say("hub.group", { group: named(local(category.name)), people: say("sentence.minutes", { minutes: digits((s / 60).toFixed(0)) }) }));
    return each.length ? [el("p", { class: "quiet", id: "nearest-known" }, say("sentence.nearest_known", { list: listed(each) }))] : [];
  }

  function missing() {
    const [weak, maybe, fewer] = [weakest(state.row), reading.maybeWeaker(state.row), reading.gapLikely(state.domain, state.row)];
    const others = scored.filter((domain) => domain !== state.domain && reach(domain, state.row).kind === "unknown");
    const [reached, unknown] = ["domains_reached_count", "domains_unknown_count"].map((measure) => score(measure, state.row).value);
    const use = state.row === CITY ? "" : data.areas.functions[state.row - 1];
    const short = (number) => digits(number.toFixed(1).replace(/\.0$/, ""));
    const outOf = (number) => el("span", { class: "unbroken" }, say("sentence.of", { number: short(number), all: count(scored.length) }));
    return [
      el("h2", {}, say("headline.missing")),
      el("p", { class: "subject" }, ...subject(),
        people(state.row) === null ? "" : el("span", { class: "quiet" }, "· ", headCount()),
        state.row === CITY && data.facts.homes_not_counted ? el("span", { id: "not-counted" }, "· ", say("sentence.homes_not_counted", { homes: count(data.facts.homes_not_counted) })) : "",
        state.row === CITY && data.facts.people_in_no_number ? el("span", { id: "in-no-number" }, "· ", say("sentence.counted_in_no_number", { people: count(data.facts.people_in_no_number) })) : "",
        use ? el("span", { class: "quiet" }, "· ", named(template(`functions.${use}`) ?? use)) : "",
        state.row === CITY ? "" : el("button", { type: "button", id: "close", onclick: () => select(CITY) }, say("page.close"))),
      el("p", { class: "lead" }, sentence(state.domain, state.row)),
      ...notPlaced(),
      ...nearestKnown(state.domain),
      fewer ? el("p", { class: "quiet", id: "likely" }, say("sentence.gap_likely", { people: counts(fewer.low, fewer.high) })) : "",
      weak && weak !== state.domain && state.minutes === OWN ? el("p", { id: "weakest" }, say("sentence.weakest"), " ", sentence(weak, state.row)) : "",
      maybe.length ? el("p", { class: "quiet", id: "maybe-weaker" }, say("sentence.maybe_weaker", { list: listed(maybe.map((d) => named(local(d.name)))) })) : "",
      others.length ? el("p", {}, say("sentence.also_unknown", { list: listed(others.map((d) => named(local(d.name)))) })) : "",
      strip(), card(), walker(), ...walkerNotes(),
      reached === null || unknown === null || state.minutes !== OWN ? "" : el("p", { class: "quiet" }, say("sentence.reached", { reached: outOf(reached), unknown: short(unknown) })),
    ];
  }

  /* ---- the second question, where the hubs are told, and the third ---- */

  function hubsSection() {
    const told = [state.domain, weakest(state.row)];
    const community = data.domains.find((domain) => data.categories.some((c) => c.hub && c.domain === domain.key));
    return [
      el("h2", {}, say("headline.hubs")),
      ...hubs.section(),
      community && !told.includes(community) && !["no_people", "uncounted"].includes(reach(community, state.row).kind) ? el("p", {}, sentence(community, state.row)) : "",
      fold("hubs", chart.hubs.length ? say("sentence.hubs", { count: count(chart.hubs.length) }) : say(data.hubs.none_by_list ? "sentence.no_hubs_listed" : "sentence.no_hubs"),
        el("ul", { class: "hub-list" }, chart.hubs.map((i) => el("li", {}, el("button", { type: "button", onclick: () => chart.showPlace(i) }, named(reading.placeName(i))))))),
      ...(state.row === CITY ? [] : hubs.takes()),
    ];
  }

  /* One line about a subject of belief: the area's own reason, or in the city the share of people it concerns. */
  function belief(subject, told) {
    const name = say(`belief.${subject}`);
    if (state.row !== CITY) {
      const [kind, reason] = told[state.row - 1];
      return kind === "measured" ? "" : el("li", {}, say("belief.line", { subject: name, reason: template(`belief.${reason}`) ?? template(`theme.${kind}`) }));
    }
    const doubted = 1 - data.areas.believed[subject];
    return doubted ? el("li", {}, say("belief.city", { subject: name, share: percent(doubted) })) : "";
  }

  /* Of the chosen domain: at least, and how much more is likely where two lists tell. */
  function likelyShare() {
    const { kind, low, high } = reach(state.domain, state.row);
    const share = kind === "known" && reading.shareText(low, high, reading.likely(state.domain, state.row));
    return share ? el("li", { id: "share" }, say("sentence.share", { domain: named(local(state.domain.name)), share })) : "";
  }

  function sure() {
    const reasons = new Map();
    for (const domain of scored) {
      const { low, high, reason } = reach(domain, state.row);
      const why = reason || (low !== undefined && percentText(low) !== percentText(high) ? "placed" : "");
      if (why && (low === undefined || low !== high)) reasons.set(why, [...(reasons.get(why) ?? []), local(domain.name)]);
    }
    const connected = score("connected_share", state.row).value;
    const unplaced = Object.entries(data.unplaced);
    const shareFacts = state.row === CITY ? Object.entries(data.facts).filter(([name, value]) => name.includes("share") && value !== null) : [];
    const told = [
      likelyShare(),
      ...[...reasons].map(([reason, names]) => el("li", {}, reasonText(reason), ": ", listed(names.map(named)))),
      connected === null || state.row === CITY ? "" : el("li", {}, say("sentence.connected", { share: percent(connected) })),
      part(state.row) === null ? "" : el("li", {}, say("sentence.partial", { share: percent(part(state.row)) })),
      ...Object.entries(data.areas.belief).map(([subject, states]) => belief(subject, states)),
      unplaced.length ? el("li", {}, say("belief.unplaced", { list: listed(unplaced.map(([file, rows]) => el("span", {}, named(file), " (", count(rows), ")"))) })) : "",
      state.row === CITY ? hubs.sure() : "",
      ...shareFacts.map(([name, value]) => el("li", {}, say(`facts.${name}`), ": ", percent(value)))];
    return [el("h2", {}, say("headline.sure")), el("ul", {}, told)];
  }

  return { missing, hubs: hubsSection, sure };
}
