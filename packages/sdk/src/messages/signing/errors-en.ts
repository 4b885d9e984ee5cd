import type { SigningErrorCode } from '@bhxh/signing';
import type { SigningSentence } from './sentence.ts';

/** What the signing library could not do; `{name}` is filled from the error's details. */
export const en: Readonly<Record<SigningErrorCode, SigningSentence>> = {
  ERR_KEY_REFERENCE: {
    message: 'The key reference {reference} is not understood.',
    hint: 'Use file:x.p12, file:key.pem, pkcs11:token=… or remote:NAME.',
  },
  ERR_KEY_REFERENCE_SECRET: {
    message: 'A PIN may not stand in a key reference.',
    hint: 'Give the PIN by --pin-fd, --pin-file, BHXH_PIN or the prompt.',
  },
  ERR_PROFILE_UNKNOWN: {
    message: 'There is no signature profile {profile}.',
    hint: "Use bhxh-xml for today's gateways.",
  },
  ERR_TRUST_LIST_DAMAGED: {
    message: 'The stored list of trusted certificates is damaged ({part}).',
    hint: 'Restore it from a copy, or remove it and add the certificates again.',
  },
  ERR_TRUST_ANCHOR_FINGERPRINT: {
    message: 'The certificate has another fingerprint: {fingerprint}.',
    hint: 'Do not trust it. Fetch the certificate again from its authority and compare.',
  },
  ERR_TRUST_ANCHOR_KNOWN: {
    message: 'The certificate is trusted already, under the name {name}.',
    hint: 'See bhxh trust list.',
  },
  ERR_TRUST_ANCHOR_UNKNOWN: {
    message: 'No trusted certificate is called {name}, and no fingerprint begins so.',
    hint: 'See bhxh trust list.',
  },
  ERR_TRUST_ANCHOR_AMBIGUOUS: {
    message: 'More than one trusted certificate is meant by {name}.',
    hint: 'Give the whole fingerprint.',
  },
  ERR_TRUST_UPDATE_KEY: {
    message:
      "The update cannot be checked: its publisher's key is not known, or is not the one known so far.",
    hint: 'Give the public key (Ed25519, PEM) that the publisher handed over by another way.',
  },
  ERR_TRUST_UPDATE_DAMAGED: {
    message: 'The update is not one, or is damaged ({part}).',
    hint: 'Fetch the file again.',
  },
  ERR_TRUST_UPDATE_SIGNATURE: {
    message: 'The update is not signed by its publisher. Nothing was changed.',
    hint: 'Fetch the file again, and tell the publisher if it happens once more.',
  },
  ERR_TRUST_UPDATE_OLD: {
    message:
      'The update (number {sequence}, usable until {expiresAt}) is not newer than number {known}, or has expired.',
    hint: 'Fetch the newest update.',
  },
  ERR_PARTY_UNKNOWN: {
    message:
      'Documents of profile {profile} are signed by several parties ({parties}), and none of them was named.',
    hint: 'Say whose signature is meant.',
  },
  ERR_ALGORITHM_NOT_AVAILABLE: {
    message: 'This key cannot sign with an algorithm of the profile.',
    hint: 'Choose another key or profile.',
  },
  ERR_REMOTE_UNKNOWN: {
    message: 'The configuration has no remote signing service {name}.',
    hint: 'Add the service to bhxh.config.yaml.',
  },
  ERR_JOB_DAMAGED: {
    message: 'The prepared signing job is damaged or was altered.',
    hint: 'Prepare it again from the document.',
  },
  ERR_JOB_DOCUMENT_MISSING: {
    message: 'The document of the prepared signing job is missing.',
    hint: 'Give the same document again.',
  },
  ERR_PIN_REQUIRED: {
    message: 'The key needs a password or PIN.',
    hint: 'Give it by --pin-fd, --pin-file, BHXH_PIN or the prompt.',
  },
  ERR_KEY_UNREADABLE: { message: 'The key file cannot be read.', hint: 'Check its path and permissions.' },
  ERR_KEY_FORMAT: {
    message: 'The key file is not a readable PKCS#12 or PEM file.',
    hint: 'Export the key again as .p12 or .pem.',
  },
  ERR_DOCUMENT_UNREADABLE: {
    message: 'The document is not well-formed XML and is not signed.',
    hint: 'Run bhxh validate to see where.',
  },
  ERR_DOCUMENT_ROOT: {
    message: 'This kind of document cannot be signed by the profile.',
    hint: "Check the document's root element.",
  },
  ERR_DOCUMENT_CHANGED: {
    message: 'The document has changed since the signature was prepared.',
    hint: 'Prepare it again.',
  },
  ERR_SIGNATURE_PLACE_MISSING: {
    message: 'The document has no CHUKYDONVI element to hold the signature.',
    hint: 'Add an empty CHUKYDONVI as the last child of the root.',
  },
  ERR_SIGNATURE_PLACE_COUNT: {
    message: 'The document has more than one CHUKYDONVI element.',
    hint: 'Keep one.',
  },
  ERR_SIGNATURE_PLACE_NOT_EMPTY: { message: 'CHUKYDONVI is not empty.', hint: 'Empty it before signing.' },
  ERR_ALREADY_SIGNED: {
    message: 'The document is signed already.',
    hint: 'Check it with bhxh verify; sign again only from the unsigned document.',
  },
  ERR_SIGNED_ELEMENT_MISSING: {
    message: 'The element to sign is not there.',
    hint: 'Check the structure with bhxh validate.',
  },
  ERR_SIGNED_ELEMENT_ID: {
    message: 'The element to sign has no valid, unique Id.',
    hint: 'Give it a unique Id attribute.',
  },
  ERR_KEY_PASSWORD: { message: 'The password of the key file is wrong.', hint: 'Check the password.' },
  ERR_PIN_INCORRECT: {
    message: 'The PIN is wrong; exactly one attempt was made.',
    hint: 'Check the PIN before trying again: a token locks after a few wrong ones.',
  },
  ERR_PIN_INVALID: {
    message: 'The PIN is not of the form that the token takes.',
    hint: 'Check its length and characters.',
  },
  ERR_PIN_EXPIRED: { message: 'The PIN has expired.', hint: "Change it with the token vendor's software." },
  ERR_PIN_LOCKED: {
    message: 'The token is locked after wrong PINs.',
    hint: 'Ask the certificate provider to unlock it.',
  },
  ERR_PIN_FINAL_TRY: {
    message: 'The token has one PIN attempt left, so it is not tried.',
    hint: "Try the PIN with the token vendor's software.",
  },
  ERR_PIN_NOT_SET: {
    message: 'The token has no PIN yet.',
    hint: "Initialise it with the token vendor's software.",
  },
  ERR_CERTIFICATE_MISSING: {
    message: 'No token shows a certificate that fits the reference ({failed}).',
    hint: 'Look with bhxh token list, or add --cert FILE.pem.',
  },
  ERR_CERTIFICATE_KEY_MISMATCH: {
    message: 'The certificate does not belong to this key.',
    hint: 'Choose the matching pair.',
  },
  ERR_CERTIFICATE_EXPIRED: { message: 'The certificate has expired.', hint: 'Renew the certificate.' },
  ERR_CERTIFICATE_NOT_YET_VALID: {
    message: 'The certificate is not yet valid.',
    hint: "Check the machine's clock and the certificate's dates.",
  },
  ERR_CERTIFICATE_NOT_FOR_SIGNING: {
    message: 'The certificate is not meant for signing.',
    hint: 'Choose a signing certificate.',
  },
  ERR_CERTIFICATE_REFUSED: {
    message: 'The certificate would be refused by whoever verifies the signature ({reason}).',
    hint: 'Use a certificate of a licensed authority, or ask the authority for a new one.',
  },
  ERR_CERTIFICATE_STATUS_UNKNOWN: {
    message: 'Whether the certificate may be used now could not be found out ({reason}).',
    hint: 'Try again with a connection, or give the revocation list of the authority.',
  },
  ERR_CERTIFICATE_REVOKED: { message: 'The certificate is revoked.', hint: 'Ask the certificate provider.' },
  ERR_KEY_MISSING: {
    message: 'The private key is not in the token or file.',
    hint: "Check the key's label and id.",
  },
  ERR_KEY_AMBIGUOUS: {
    message: 'Several keys of one token fit the reference: {candidates}.',
    hint: 'Give one of these as the key; bhxh token list shows what each is.',
  },
  ERR_KEY_TOO_SMALL: {
    message: 'The key is too small.',
    hint: 'Use RSA of 2048 bits or ECDSA of 256 bits at least.',
  },
  ERR_KEY_TYPE: { message: 'This type of key is not used.', hint: 'Use RSA or ECDSA.' },
  ERR_ENGINE_MISSING: {
    message: 'The package {engine}, which --engine asks for, is not installed.',
    hint: 'Run: {command}, or leave --engine out.',
  },
  ERR_ENGINE_UNFIT: {
    message:
      '{engine} cannot sign this: {part} (at most 256 KiB, RSA with SHA-256 or SHA-512, one reference to the whole document).',
    hint: 'Leave --engine out.',
  },
  ERR_MODULE_MISSING: {
    message: "The token's PKCS#11 module {module} is not found.",
    hint: "Install the token's driver, or add ?module-path=/path/of/the/module to the key reference.",
  },
  ERR_MODULE_UNUSABLE: {
    message: 'The PKCS#11 module {module} cannot be loaded ({why}).',
    hint: "Install the driver for this architecture, or use a Node.js of the driver's.",
  },
  ERR_MODULE_LOADER_MISSING: {
    message: 'The package {loader}, which loads PKCS#11 modules, cannot be used.',
    hint: 'Run: {command}, or without a compiler: npm install koffi',
  },
  ERR_MECHANISM_MISSING: {
    message: 'The token cannot sign with this algorithm ({returnValue}).',
    hint: 'Choose another profile or token.',
  },
  ERR_TOKEN_MISSING: {
    message: 'The named token {token} is not there ({failed}).',
    hint: 'Insert the token and look with: bhxh token list',
  },
  ERR_TOKEN_AMBIGUOUS: {
    message: 'Several tokens fit the reference: {candidates}.',
    hint: 'Give one of these as the key; bhxh token list shows what each is.',
  },
  ERR_TOKEN_GONE: {
    message: 'The token {token} was removed or lost ({returnValue}).',
    hint: 'Insert it again and run again.',
  },
  ERR_TOKEN: {
    message: 'The token {token} reported an error ({returnValue}).',
    hint: 'Remove and insert it; if it stays, ask the vendor and name the code.',
  },
  ERR_KEY_NOT_FOR_SIGNING: {
    message: 'The token does not allow this key to sign ({returnValue}).',
    hint: 'Choose the signing key of the token, or ask the certificate provider.',
  },
  ERR_MODULE_AMBIGUOUS: {
    message: 'Several PKCS#11 modules show a key that fits the reference: {candidates}.',
    hint: 'Give one of these as the key; bhxh token list shows what each is.',
  },
  ERR_MODULE_TIMEOUT: {
    message: 'The PKCS#11 module {module} did not answer within {seconds} seconds.',
    hint: 'Remove and insert the token; if it stays, install the driver anew.',
  },
  ERR_TOKEN_BUSY: {
    message: 'The token {token} is in use elsewhere ({returnValue}).',
    hint: 'Close other programs that use the token, then run again.',
  },
  ERR_TOKEN_MEMORY: {
    message: 'The token {token} or its driver has no memory left ({returnValue}).',
    hint: 'Remove and insert it, and close other programs.',
  },
  ERR_SIGNING_CANCELLED: { message: 'Signing was cancelled.', hint: 'Run it again when ready.' },
  ERR_SIGNATURE_WRONG: {
    message: 'The signature just made does not verify and was thrown away.',
    hint: 'Check token, module and certificate.',
  },
  ERR_REMOTE_REFUSED: {
    message: 'The signing request was refused by its user or by the service.',
    hint: 'If it was yours, run again and confirm it on the phone.',
  },
  ERR_REMOTE_EXPIRED: {
    message: 'The signing request or its authorisation expired.',
    hint: 'Run again and confirm it earlier.',
  },
  ERR_REMOTE_ANSWER: {
    message: 'The remote signing service answered in an unknown form.',
    hint: 'Try later; if it stays, ask the provider.',
  },
  ERR_REMOTE_CREDENTIALS: {
    message: 'The remote signing service does not accept the account.',
    hint: 'Check the account in the configuration.',
  },
  ERR_REMOTE_CODE: {
    message: 'The remote signing service does not accept the PIN or the one-time code.',
    hint: 'Ask for a new code and run again; several wrong ones lock the credential.',
  },
  ERR_REMOTE_LOCKED: {
    message: 'The credential is locked or disabled at the remote signing service.',
    hint: 'Ask the provider to unlock it; until then sign with another key.',
  },
  ERR_REMOTE_CERTIFICATE: {
    message: 'The remote signing service showed another certificate than the configuration names.',
    hint: 'If the certificate was renewed, check the new one with the provider and put its SHA-256 into the configuration.',
  },
  ERR_REMOTE_TIMEOUT: {
    message: 'Nobody confirmed the signing request in the time given for it.',
    hint: 'Run again and confirm on the phone, or allow more time with patience in the configuration.',
  },
  ERR_REMOTE_UNAVAILABLE: { message: 'The remote signing service is unavailable.', hint: 'Try again later.' },
  ERR_REMOTE_UNREACHABLE: {
    message: 'The remote signing service cannot be reached.',
    hint: 'Check the network and the address.',
  },
  ERR_SIGNING_BUG: {
    message: 'A defect of the signing library.',
    hint: 'Please report it, without personal data.',
  },
  ERR_TIME_STAMP: {
    message: 'The time-stamping authority gave no usable time stamp ({part}).',
    hint: 'Try again, or check the address and account of the authority.',
  },
  ERR_TIME_STAMP_SOURCE: {
    message: 'This signature profile needs a time stamp, and no time-stamping authority is named.',
    hint: 'Name one with `--tsa`, or sign with xades-b.',
  },
  ERR_EVIDENCE_DAMAGED: {
    message: 'The stored evidence is damaged or belongs to another document.',
    hint: 'Verify the document itself again.',
  },
  ERR_BATCH_SIZE: {
    message: 'The number of documents to be signed at one time must be at least one.',
    hint: 'Give a whole number from 1.',
  },
};
