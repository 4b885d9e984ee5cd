// Fields of a table: from the readable form (annex length, gateway length) to what the readers use (maxLength, warnLength).
import { SpecError } from './read-yaml.mjs';

const requirement = { always: 'always', optional: 'optional', conditional: 'optional', unknown: 'unknown' };

/** The larger of annex and gateway is accepted, the smaller is where a warning begins. */
const lengths = (field) => {
  if (field.length === undefined || field.length === 'unknown') {
    return { maxLength: null, ...(field.seenLength === undefined ? {} : { warnLength: field.seenLength }) };
  }
  const annex = field.length === 'unlimited' ? Infinity : field.length;
  const gateway = field.gatewayLength ?? annex;
  const larger = Math.max(annex, gateway);
  const smaller = Math.min(annex, gateway);
  return {
    maxLength: larger === Infinity ? null : larger,
    ...(smaller === larger ? {} : { warnLength: smaller }),
  };
};

export const compileField = (field, order) => ({
  code: field.code,
  order,
  ...(field.renamedFrom === undefined ? {} : { renamedFrom: field.renamedFrom }),
  type: field.type ?? 'string',
  ...lengths(field),
  required: requirement[field.required],
  ...(field.requiredWhen === undefined ? {} : { requiredWhen: field.requiredWhen }),
  ...(field.format === undefined ? {} : { format: field.format }),
  ...(field.separator === undefined ? {} : { separator: field.separator }),
  ...(field.decimals === undefined ? {} : { decimals: field.decimals }),
  ...(field.partial === undefined ? {} : { partial: field.partial }),
  ...(field.emptyFrom === undefined ? {} : { emptyFrom: field.emptyFrom }),
  ...(field.codeList === undefined ? {} : { codeList: field.codeList }),
  ...(field.personal === true ? { personal: true } : {}),
  label: field.label,
  ...(field.note === undefined ? {} : { note: field.note }),
  ...(field.why === undefined ? {} : { why: field.why }),
  ...(field.gatewayRule === undefined ? {} : { gatewayRule: field.gatewayRule }),
  origin: field.origin,
  confidence: field.confidence,
  source: field.source,
});

/** Applies the named changes of an amending text to the fields of the text it amends. */
export const applyChanges = (fields, changes, whereOf) => {
  const result = fields.map((field) => ({ ...field }));
  const indexOf = (code, at) => {
    const index = result.findIndex((field) => field.code === code);
    if (index < 0) throw new SpecError(whereOf(at), `there is no field ${code} to change`);
    return index;
  };
  changes.forEach((change, at) => {
    if (change.remove !== undefined) {
      result.splice(indexOf(change.remove, at), 1);
    } else if (change.insert !== undefined) {
      if (result.some((field) => field.code === change.insert.code))
        throw new SpecError(whereOf(at), `${change.insert.code} is there already`);
      const index =
        change.after === undefined
          ? change.before === undefined
            ? 0
            : indexOf(change.before, at)
          : indexOf(change.after, at) + 1;
      result.splice(index, 0, { ...change.insert, why: change.why, touched: true });
    } else if (change.rename !== undefined) {
      const index = indexOf(change.rename, at);
      result[index] = {
        ...change.set,
        code: change.to,
        renamedFrom: change.rename,
        why: change.why,
        touched: true,
      };
    } else {
      for (const code of [change.amend].flat()) {
        const index = indexOf(code, at);
        const next = {
          ...result[index],
          ...change.set,
          ...(change.why === undefined ? {} : { why: change.why }),
        };
        for (const key of change.clear ?? []) delete next[key];
        if (change.set?.source !== undefined) next.touched = true;
        result[index] = next;
      }
    }
  });
  return result;
};
