import type { Messages } from './messages.ts';

export const en: Messages = {
  findings: {
    SCENARIO: (name) => `Scenario ${name} rejects this document.`,
    SIGNATURE_REQUIRED: (day) =>
      `The document is not signed, as it must be for episodes that end on or after ${day}.`,
    SIGNATURE_REFUSED: (reason) => `The signature is not accepted: ${reason}.`,
    FACILITY_MATCH: (sender) => `MACSKCB of the file is not the facility of the sending account (${sender}).`,
    CLAIM_COUNT: (count) => `One call of the interface carries exactly one claim; this file has ${count}.`,
    KIND_UNEXPECTED: (expected) => `The document is of another kind; ${expected} is expected here.`,
    FORM_CONTENT: (content) => `${content} does not belong to the loaiHs this was sent under.`,
  },
  scenarioDamaged: (id, keys) => `Scenario ${id} is damaged: ${keys}`,
  storeUnavailable: (place, reason) => `The store ${place} cannot be opened (${reason})`,
  storeHint: 'Check the folder, the permission to write, or the address of the database',
  cannotListen: (address, reason) => `Cannot listen on ${address} (${reason})`,
  listenHint: 'Choose another port, or 0 for a free one',
  backup: {
    DAMAGED: (path) => ({
      message: `${path} is no whole backup: it is cut short, changed, or something else`,
      hint: 'Take another copy of the backup; nothing of this one was put into the store',
    }),
    NEWER: (migration) => ({
      message: `The backup was written by a later version, which knows ${migration}`,
      hint: 'Restore it with that version or a later one',
    }),
    STORE_NOT_EMPTY: (table) => ({
      message: `The store holds data already (${table})`,
      hint: 'Restore into a new file or an empty database',
    }),
  },
};
