export {
  createRemittanceParser,
  type RemittanceFields,
  type RemittanceKind,
  type RemittanceParser,
  type RemittanceParserOptions,
  type RemittanceRecovery,
  type RemittanceResult,
} from './parse-remittance.ts';
export {
  remittanceSyntax,
  type RecoveryCode,
  type RemittanceRail,
  type RemittanceSyntax,
  type RemittanceWarning,
} from './remittance-syntax.ts';
export { createUnitRegister, type UnitEntry, type UnitRegister } from './unit-register.ts';
