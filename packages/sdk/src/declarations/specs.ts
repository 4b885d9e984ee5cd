import type { Specifications } from '../specifications/specifications.ts';
import { declarationError } from './declaration-error.ts';
import type { BenefitsSpec, DossierRule, EnvelopeSpec, FormSpec, PlanSpec, ProcedureSpec } from './types.ts';

/** The compiled data of dossiers with its shapes. */
export interface DeclarationSpecs {
  readonly envelope: EnvelopeSpec;
  readonly forms: ReadonlyMap<string, FormSpec>;
  readonly procedures: readonly ProcedureSpec[];
  readonly rules: readonly DossierRule[];
  readonly benefits: BenefitsSpec;
  plan(form: string, code: string): PlanSpec | undefined;
  /** Forms on which a code is a plan. */
  formsOfPlan(code: string): readonly string[];
  /** A file of an envelope that is a form; attachments and the list of them share one code. */
  isForm(file: { readonly code: string; readonly name: string }): boolean;
  /** Throws `ERR_FORM_UNKNOWN`. */
  form(id: string): FormSpec;
}

const opened = new WeakMap<Specifications, DeclarationSpecs>();

/** Opens `specs/declarations`; each part is read once. */
export function declarationSpecs(specifications: Specifications): DeclarationSpecs {
  const known = opened.get(specifications);
  if (known !== undefined) return known;
  const forms = new Map(Object.entries(specifications.declarations('forms') as Record<string, FormSpec>));
  const { plans } = specifications.declarations('plans') as { readonly plans: readonly PlanSpec[] };
  const byFormAndCode = new Map(plans.map((plan) => [`${plan.form} ${plan.code}`, plan]));
  const { procedures } = specifications.declarations('procedures') as {
    readonly procedures: readonly ProcedureSpec[];
  };
  const envelope = specifications.declarations('envelope') as EnvelopeSpec;
  const specs: DeclarationSpecs = {
    envelope,
    forms,
    procedures,
    rules: specifications.declarations('rules') as readonly DossierRule[],
    benefits: specifications.declarations('benefits') as BenefitsSpec,
    isForm: ({ code, name }) => {
      const form = forms.get(code);
      return form !== undefined && (code !== envelope.attachments.code || name === `${form.fileStem}.xml`);
    },
    plan: (form, code) => byFormAndCode.get(`${form} ${code}`),
    formsOfPlan: (code) => plans.filter((plan) => plan.code === code).map(({ form }) => form),
    form(id) {
      const form = forms.get(id);
      if (form === undefined)
        throw declarationError('ERR_FORM_UNKNOWN', 'usage', {
          form: id,
          known: [...forms.keys()].join(', '),
        });
      return form;
    },
  };
  opened.set(specifications, specs);
  return specs;
}
