import type { OutgoingObject } from './write-message.ts';

const party = (name: string): OutgoingObject => ({ Nm: name });
const account = (number: string): OutgoingObject => ({ Id: { Othr: { Id: number } } });
const bank = (clearing: string): OutgoingObject => ({ FinInstnId: { ClrSysMmbId: { MmbId: clearing } } });
const assignment: OutgoingObject = {
  Id: 'A1',
  Assgnr: { Agt: bank('99203001') },
  Assgne: { Agt: bank('99202001') },
  CreDtTm: '2026-01-05T10:00:00+07:00',
};
const header: OutgoingObject = { MsgId: 'M1', CreDtTm: '2026-01-05T10:00:00+07:00' };
const underlying: OutgoingObject = {
  IntrBk: {
    OrgnlGrpInf: { OrgnlMsgId: 'M0', OrgnlMsgNmId: 'pacs.008.001.08' },
    OrgnlEndToEndId: 'E1',
    OrgnlTxId: 'T1',
    OrgnlIntrBkSttlmAmt: 3_398_400,
    OrgnlIntrBkSttlmDt: '2026-01-05',
  },
};

export interface EntryInput {
  readonly reference?: string;
  readonly amount: number;
  readonly direction?: 'CRDT' | 'DBIT';
  readonly isReversal?: boolean;
  readonly text?: string;
  readonly day?: string;
  readonly valueDay?: string;
  readonly endToEndId?: string;
}

/** One booked movement with one transaction. */
export function entry(input: EntryInput): OutgoingObject {
  const day = input.day ?? '2026-01-05';
  return {
    Amt: input.amount,
    CdtDbtInd: input.direction ?? 'CRDT',
    ...(input.isReversal === true ? { RvslInd: true } : {}),
    Sts: { Cd: 'BOOK' },
    BookgDt: { Dt: day },
    ValDt: { Dt: input.valueDay ?? day },
    ...(input.reference === undefined ? {} : { AcctSvcrRef: input.reference }),
    BkTxCd: { Domn: { Cd: 'PMNT', Fmly: { Cd: 'RCDT', SubFmlyCd: 'DMCT' } } },
    NtryDtls: [
      {
        TxDtls: [
          {
            Refs: { EndToEndId: input.endToEndId ?? 'NOTPROVIDED' },
            Amt: input.amount,
            CdtDbtInd: input.direction ?? 'CRDT',
            RltdPties: { Dbtr: { Pty: party('CONG TY THU NGHIEM') }, DbtrAcct: account('9999000077') },
            ...(input.text === undefined ? {} : { RmtInf: { Ustrd: [input.text] } }),
          },
        ],
      },
    ],
  };
}

export function balance(code: string, amount: number, day = '2026-01-05'): OutgoingObject {
  return {
    Tp: { CdOrPrtry: { Cd: code } },
    Amt: Math.abs(amount),
    CdtDbtInd: amount < 0 ? 'DBIT' : 'CRDT',
    Dt: { Dt: day },
  };
}

export interface PageInput {
  readonly page?: number;
  readonly isLast?: boolean;
  readonly opening?: number;
  readonly closing?: number;
  readonly sequence?: number;
  readonly summary?: OutgoingObject;
}

/** A camt.053 page on the synthetic account. */
export function statementPage(entries: readonly OutgoingObject[], input: PageInput = {}): OutgoingObject {
  const balances = [
    ...(input.opening === undefined ? [] : [balance('OPBD', input.opening)]),
    ...(input.closing === undefined ? [] : [balance('CLBD', input.closing)]),
  ];
  return {
    Id: `S1-${input.page ?? 1}`,
    StmtPgntn: { PgNb: input.page ?? 1, LastPgInd: input.isLast ?? true },
    ElctrncSeqNb: input.sequence ?? 5,
    Acct: account('9999000011'),
    Bal: balances.length > 0 ? balances : [balance('ITBD', 0)],
    ...(input.summary === undefined ? {} : { TxsSummry: input.summary }),
    Ntry: entries,
  };
}

export function statementMessage(...pages: readonly OutgoingObject[]): OutgoingObject {
  return { GrpHdr: header, Stmt: pages };
}

/** One full example of every message. */
export const messageExamples: Readonly<Record<string, OutgoingObject>> = {
  'camt.052': {
    GrpHdr: header,
    Rpt: [
      {
        Id: 'R1',
        CreDtTm: '2026-01-05T10:00:00+07:00',
        Acct: account('9999000011'),
        Bal: [balance('ITBD', 1000), balance('ITAV', -5)],
        Ntry: [entry({ reference: 'FT1', amount: 1 })],
      },
    ],
  },
  'camt.053': statementMessage(
    statementPage(
      [entry({ reference: 'FT1', amount: 3_398_400, text: '+BHXH+103+00+ZZ1234C+99001+dong BHXH+' })],
      {
        opening: 1_000,
        closing: 3_399_400,
        summary: { TtlCdtNtries: { NbOfNtries: 1, Sum: 3_398_400 }, TtlDbtNtries: { NbOfNtries: 0, Sum: 0 } },
      },
    ),
  ),
  'camt.054': {
    GrpHdr: header,
    Ntfctn: [
      {
        Id: 'N1',
        CreDtTm: '2026-01-05T10:00:00+07:00',
        Acct: account('9999000011'),
        Ntry: [entry({ reference: 'FT1', amount: 3_398_400 })],
      },
    ],
  },
  'pain.001': {
    GrpHdr: { ...header, NbOfTxs: 1, CtrlSum: 2_000_000, InitgPty: party('BHXH THU NGHIEM') },
    PmtInf: [
      {
        PmtInfId: 'B1',
        PmtMtd: 'TRF',
        BtchBookg: true,
        NbOfTxs: 1,
        CtrlSum: 2_000_000,
        PmtTpInf: { CtgyPurp: { Cd: 'PENS' } },
        ReqdExctnDt: { Dt: '2026-01-06' },
        Dbtr: party('BHXH THU NGHIEM'),
        DbtrAcct: account('9999000011'),
        DbtrAgt: bank('99203001'),
        CdtTrfTxInf: [
          {
            PmtId: { InstrId: 'I1', EndToEndId: 'E1' },
            Amt: { InstdAmt: 2_000_000 },
            CdtrAgt: bank('99202001'),
            Cdtr: party('NGUOI HUONG THU NGHIEM'),
            CdtrAcct: account('9999000088'),
            Purp: { Cd: 'PENS' },
            RmtInf: { Ustrd: ['CHI LUONG HUU 01/2026'] },
          },
        ],
      },
    ],
  },
  'pain.002': {
    GrpHdr: header,
    OrgnlGrpInfAndSts: {
      OrgnlMsgId: 'M1',
      OrgnlMsgNmId: 'pain.001.001.09',
      OrgnlNbOfTxs: 1,
      OrgnlCtrlSum: 2_000_000,
      GrpSts: 'PART',
    },
    OrgnlPmtInfAndSts: [
      {
        OrgnlPmtInfId: 'B1',
        PmtInfSts: 'PART',
        TxInfAndSts: [
          {
            StsId: 'S1',
            OrgnlInstrId: 'I1',
            OrgnlEndToEndId: 'E1',
            TxSts: 'RJCT',
            StsRsnInf: [{ Rsn: { Cd: 'AC04' }, AddtlInf: ['TAI KHOAN DONG'] }],
          },
        ],
      },
    ],
  },
  'camt.056': {
    Assgnmt: assignment,
    Undrlyg: [
      {
        TxInf: [
          {
            CxlId: 'C1',
            OrgnlGrpInf: { OrgnlMsgId: 'M0', OrgnlMsgNmId: 'pacs.008.001.08' },
            OrgnlEndToEndId: 'E1',
            OrgnlTxId: 'T1',
            OrgnlIntrBkSttlmAmt: 3_398_400,
            OrgnlIntrBkSttlmDt: '2026-01-05',
            CxlRsnInf: [{ Rsn: { Cd: 'DUPL' }, AddtlInf: ['CHUYEN TRUNG'] }],
          },
        ],
      },
    ],
  },
  'camt.029': {
    Assgnmt: assignment,
    RslvdCase: { Id: 'C1', Cretr: { Agt: bank('99203001') } },
    Sts: { Conf: 'CNCL' },
    CxlDtls: [
      {
        TxInfAndSts: [
          {
            CxlStsId: 'S1',
            OrgnlTxId: 'T1',
            TxCxlSts: 'ACCR',
            OrgnlIntrBkSttlmAmt: 3_398_400,
            OrgnlIntrBkSttlmDt: '2026-01-05',
          },
        ],
      },
    ],
  },
  'camt.026': {
    Assgnmt: assignment,
    Case: { Id: 'C1', Cretr: { Pty: party('BHXH THU NGHIEM') } },
    Undrlyg: underlying,
    Justfn: { MssngOrIncrrctInf: { MssngInf: [{ Cd: 'MS01', AddtlMssngInf: 'THIEU MA DON VI' }] } },
  },
  'camt.087': {
    Assgnmt: assignment,
    Case: { Id: 'C1', Cretr: { Pty: party('BHXH THU NGHIEM') } },
    Undrlyg: underlying,
    Mod: { IntrBkSttlmAmt: 3_398_400, RmtInf: { Ustrd: ['+BHXH+103+00+ZZ1234C+99001+dong BHXH+'] } },
  },
  'camt.060': {
    GrpHdr: header,
    RptgReq: [
      {
        Id: 'Q1',
        ReqdMsgNmId: 'camt.053.001.08',
        Acct: account('9999000011'),
        AcctOwnr: { Pty: party('BHXH THU NGHIEM') },
        RptgPrd: { FrToDt: { FrDt: '2026-01-05', ToDt: '2026-01-05' }, Tp: 'ALLL' },
      },
    ],
  },
  'pacs.004': {
    GrpHdr: {
      ...header,
      NbOfTxs: 1,
      TtlRtrdIntrBkSttlmAmt: 2_000_000,
      IntrBkSttlmDt: '2026-01-07',
      SttlmInf: { SttlmMtd: 'CLRG' },
    },
    TxInf: [
      {
        RtrId: 'R1',
        OrgnlGrpInf: { OrgnlMsgId: 'M0', OrgnlMsgNmId: 'pacs.008.001.08' },
        OrgnlEndToEndId: 'E1',
        OrgnlTxId: 'T1',
        RtrdIntrBkSttlmAmt: 2_000_000,
        RtrRsnInf: [{ Rsn: { Cd: 'AC04' } }],
      },
    ],
  },
  'pacs.008': {
    GrpHdr: {
      ...header,
      NbOfTxs: 1,
      TtlIntrBkSttlmAmt: 3_398_400,
      IntrBkSttlmDt: '2026-01-05',
      SttlmInf: { SttlmMtd: 'CLRG' },
    },
    CdtTrfTxInf: [
      {
        PmtId: { InstrId: 'I1', EndToEndId: 'E1', TxId: 'T1' },
        IntrBkSttlmAmt: 3_398_400,
        IntrBkSttlmDt: '2026-01-05',
        ChrgBr: 'SLEV',
        Dbtr: party('CONG TY THU NGHIEM'),
        DbtrAcct: account('9999000077'),
        DbtrAgt: bank('99203001'),
        CdtrAgt: bank('99202001'),
        Cdtr: party('BHXH THU NGHIEM'),
        CdtrAcct: account('9999000011'),
        RmtInf: { Ustrd: ['+BHXH+103+00+ZZ1234C+99001+dong BHXH+'] },
      },
    ],
  },
};
