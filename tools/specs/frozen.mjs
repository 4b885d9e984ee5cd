// What may happen to a released standard: nothing, or a documented erratum.

/**
 * @param {readonly { id: string, hash: string, errata: readonly { date: string, why: string, link: string, hash: string }[] }[]} released
 * @param {Readonly<Record<string, string>>} frozen hash by ruleset id
 */
export const compareFrozen = (released, frozen, { update = false } = {}) => {
  const problems = [];
  const next = {};
  for (const { id, hash, errata } of released) {
    const recorded = frozen[id];
    const newest = errata.at(-1);
    if (hash === recorded || hash === newest?.hash) {
      next[id] = hash;
      if (hash !== recorded && !update)
        problems.push(
          `${id}: the erratum of ${newest.date} is not recorded yet; run node tools/check-specs-frozen.mjs --update`,
        );
    } else if (recorded === undefined) {
      next[id] = hash;
      if (!update) problems.push(`${id} is not frozen yet; run node tools/check-specs-frozen.mjs --update`);
    } else {
      next[id] = recorded;
      problems.push(
        `${id} changed after its release. Undo the change, put it into an amending standard, or add to specs/claims/${id}/ruleset.yaml an entry errata: [{ date, why, link, hash: ${hash} }]`,
      );
    }
  }
  for (const id of Object.keys(frozen)) if (!(id in next)) problems.push(`${id} was released and is gone`);
  return { problems, next };
};
