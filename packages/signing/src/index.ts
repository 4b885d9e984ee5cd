/**
 * Keys, XML signatures and certificates for documents exchanged with Vietnam Social Security.
 *
 * @packageDocumentation
 */
export type {
  PinSource,
  SignatureAlgorithm,
  SignatureSigner,
  SignatureVerdict,
  Signer,
  SigningTime,
  StepVerdict,
  VerifyEvidence,
  VerifyReason,
  VerifyResult,
} from './types.ts';
export { SigningError, signingErrors } from './errors.ts';
export type { SigningErrorCategory, SigningErrorCode, SigningErrorDetails } from './errors.ts';
export { verifyReasons, verifySteps } from './reasons.ts';
export type { VerifyReasonCode, VerifyStep } from './reasons.ts';
export { findProfile, profileNames } from './profiles.ts';
export type {
  Canonicalization,
  ProfileName,
  ReferenceKind,
  SignaturePlace,
  SignatureProfile,
} from './profiles.ts';
export { complete, prepare, sign } from './sign-xml.ts';
export type { PrepareOptions, SigningJob, SignOptions } from './sign-xml.ts';
export { verify } from './verify-xml.ts';
export type { VerifyOptions } from './verify-xml.ts';
export { signatureEngines } from './xml-crypto-engine.ts';
export type { SignatureEngine } from './xml-crypto-engine.ts';
export { verifyParties } from './verify-parties.ts';
export type { PartiesResult, PartyExpectation } from './verify-parties.ts';
export { partiesOf } from './resolve-profile.ts';
export { checkSigningCertificate } from './certificates/signing-certificate.ts';
export type { StatusCheck } from './certificates/signing-certificate.ts';
export { signMany } from './sign-many.ts';
export type { DocumentToSign, SignedDocument, SigningProgress, SignManyOptions } from './sign-many.ts';
export { keepEvidence, verifyFromEvidence } from './evidence.ts';
export type { SignatureEvidence } from './evidence.ts';
export { openEvidenceStore } from './evidence-store.ts';
export type { DestroyedEvidence, EvidenceStore } from './evidence-store.ts';
export { explainSignature } from './explain-signature.ts';
export type { ExplainedReference, SignatureExplanation } from './explain-signature.ts';
export { addAnchor, certificateOf, emptyTrustList, readTrustList, removeAnchor } from './trust/trust-list.ts';
export type { AnchorToAdd, TrustAnchor, TrustList } from './trust/trust-list.ts';
export { trustStoreOf } from './trust/trust-store.ts';
export type { TrustDomainTerms } from './trust/trust-store.ts';
export { applyTrustUpdate, signTrustUpdate } from './trust/trust-update.ts';
export type { TrustUpdate } from './trust/trust-update.ts';
export type { AnchorTerms, TrustStore } from './certificates/chain.ts';
export type { RevocationFetcher, RevocationKnowledge } from './certificates/revocation.ts';
export type { SignaturePolicy } from './xades.ts';
export type { TimeStampSource } from './certificates/time-stamp.ts';
export type { SubjectId } from './certificates/certificate-facts.ts';
export { createDemoAuthority, createDemoIdentity, demoTaxCode } from './certificates/demo-identity.ts';
export type { DemoAuthority, DemoIdentity, DemoKeyKind, DemoSubject } from './certificates/demo-identity.ts';
export { openKey } from './signers/open-key.ts';
export type { OpenKeyOptions } from './signers/open-key.ts';
export { parseKeyReference } from './signers/key-reference.ts';
export type { KeyReference, Pkcs11Uri } from './signers/key-reference.ts';
export { callbackSigner } from './signers/callback-signer.ts';
export type { CallbackSignerOptions } from './signers/callback-signer.ts';
export { keyObjectSigner } from './signers/key-object-signer.ts';
export type { KeyObjectSignerOptions } from './signers/key-object-signer.ts';
export { pemSigner, readCertificates } from './signers/pem-signer.ts';
export type { PemSignerOptions } from './signers/pem-signer.ts';
export { pkcs12Signer } from './signers/pkcs12-signer.ts';
export type { Pkcs12SignerOptions } from './signers/pkcs12-signer.ts';
export { collectSignature, remoteSigner, requestSignature } from './signers/remote-signer.ts';
export type { RemoteAnswer, RemoteService, RemoteSignerOptions } from './signers/remote-signer.ts';
export { cscService } from './signers/csc-service.ts';
export type { CscFactors, CscServiceOptions } from './signers/csc-service.ts';
export { clientToken } from './signers/client-token.ts';
export type { ClientTokenOptions } from './signers/client-token.ts';
export { simService } from './signers/sim-service.ts';
export type { SimServiceOptions } from './signers/sim-service.ts';
export { readSmartCaNotice, smartCaService } from './signers/smart-ca-service.ts';
export type { SmartCaServiceOptions } from './signers/smart-ca-service.ts';
