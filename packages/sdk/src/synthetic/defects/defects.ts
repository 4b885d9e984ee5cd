import { benefitDefects } from './benefit.ts';
import { certificateDefects } from './certificates.ts';
import { clinicalDefects } from './clinical.ts';
import { dateDefects } from './dates.ts';
import type { Defect } from './defect.ts';
import { identityDefects } from './identity.ts';
import { lineMoneyDefects } from './line-money.ts';
import { referralDefects } from './referral.ts';
import { structureDefects } from './structure.ts';
import { summaryMoneyDefects } from './summary-money.ts';

/** Every way the generator knows of making a claim wrong. */
export const defects: readonly Defect[] = [
  ...structureDefects,
  ...identityDefects,
  ...dateDefects,
  ...lineMoneyDefects,
  ...summaryMoneyDefects,
  ...benefitDefects,
  ...referralDefects,
  ...clinicalDefects,
  ...certificateDefects,
];
