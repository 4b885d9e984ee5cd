// Forms, plans, procedures, envelope, rules and vectors of employers' dossiers.
import { basename } from 'node:path';
import { SpecError } from './read-yaml.mjs';

const folder = 'declarations';
const singles = [
  'plans',
  'procedures',
  'envelope',
  'rejections',
  'c12',
  'lifecycle',
  'benefits',
  'channels',
  'relief',
];

/** Which schema holds for which file, in the form validateSchemas takes. */
export const declarationKinds = [
  { schema: 'declaration-form', files: (reader) => reader.list(`${folder}/forms`) },
  ...singles.map((name) => ({
    schema: `declaration-${name}`,
    files: (reader) => [`${folder}/${name}.yaml`].filter((file) => reader.has(file)),
  })),
  { schema: 'declaration-rules', files: (reader) => reader.list(`${folder}/rules`) },
  { schema: 'declaration-vectors-base', files: (reader) => reader.list(`${folder}/vectors-base`) },
  { schema: 'declaration-vectors', files: (reader) => reader.list(`${folder}/vectors`) },
];

/** Map of file name below dist to value; empty where there are no declarations. */
export const compileDeclarations = (reader, lists) => {
  const compiled = new Map();
  if (!reader.has(`${folder}/envelope.yaml`)) return compiled;
  const forms = reader.list(`${folder}/forms`).map((file) => compileForm(reader, file, lists));
  const known = new Map(forms.map((form) => [form.form, form]));
  const { plans } = reader.read(`${folder}/plans.yaml`);
  plans.forEach((plan, index) => {
    const where = reader.where(`${folder}/plans.yaml`, ['plans', index]);
    const form = known.get(plan.form);
    if (form === undefined) throw new SpecError(where, `there is no form ${plan.form}`);
    const twin = plans.findIndex((other) => other.form === plan.form && other.code === plan.code);
    if (twin !== index) throw new SpecError(where, `${plan.form} ${plan.code} is there twice`);
    for (const code of plan.needs ?? [])
      if (!form.fields.some((field) => field.code === code))
        throw new SpecError(where, `${plan.form} has no field ${code}`);
  });
  const rules = reader.list(`${folder}/rules`).flatMap((file) => reader.read(file));
  const vectors = reader.list(`${folder}/vectors`).map((file) => {
    const vector = reader.read(file);
    if (!rules.some(({ id }) => id === vector.rule))
      throw new SpecError(reader.where(file, ['rule']), `there is no rule ${vector.rule}`);
    for (const expect of ['pass', 'fail'])
      if (!vector.cases.some((one) => one.expect === expect))
        throw new SpecError(file, `${vector.rule} has no case to ${expect}`);
    return vector;
  });
  for (const { id } of rules)
    if (!vectors.some(({ rule }) => rule === id))
      throw new SpecError(`${folder}/vectors`, `${id} has no vectors`);
  compiled.set(`${folder}/forms.json`, Object.fromEntries(forms.map((form) => [form.form, form])));
  for (const name of singles) compiled.set(`${folder}/${name}.json`, reader.read(`${folder}/${name}.yaml`));
  compiled.set(`${folder}/rules.json`, rules);
  compiled.set(`${folder}/vectors.json`, {
    bases: Object.fromEntries(
      reader.list(`${folder}/vectors-base`).map((file) => [basename(file, '.yaml'), reader.read(file)]),
    ),
    vectors,
  });
  return compiled;
};

const compileForm = (reader, file, lists) => {
  const { defaults, ...form } = reader.read(file);
  const complete = (key) =>
    form[key]?.map((field, index) => {
      if (field.codeList !== undefined && !lists.has(field.codeList))
        throw new SpecError(reader.where(file, [key, index]), `there is no code list ${field.codeList}`);
      if (form[key].findIndex(({ code }) => code === field.code) !== index)
        throw new SpecError(reader.where(file, [key, index]), `${field.code} is there twice`);
      return { ...field, ...defaults, ...field };
    });
  return {
    ...form,
    header: complete('header'),
    fields: complete('fields'),
    ...(form.appendixFields === undefined ? {} : { appendixFields: complete('appendixFields') }),
  };
};
