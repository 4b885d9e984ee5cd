import { stamp } from '../calendar.ts';
import { addRow } from '../draft.ts';
import type { Draft } from '../draft.ts';
import { addDrugs, addExam, addService, addSupplies } from '../lines.ts';
import { addReferralPaper } from '../papers.ts';
import { finishVisit, lastDay, otherFacility, startVisit } from './request.ts';
import type { EpisodeRequest } from './request.ts';

function care(draft: Draft): void {
  addExam(draft, 'K02');
  for (const id of draft.story.tests ?? []) addService(draft, id);
  for (const id of draft.story.procedures ?? []) addService(draft, id);
  addDrugs(draft, draft.story, 1);
  addSupplies(draft, draft.story);
}

/** An injury, at any hour, wherever the patient is registered. */
export function emergency(request: EpisodeRequest): Draft {
  const draft = startVisit(request, {
    stories: 'emergency',
    category: '2',
    visit: '01',
    arrival: lastDay(request) + request.random.between(0, 18 * 60),
    registeredAt: otherFacility(request),
  });
  care(draft);
  finishVisit(draft, draft.now + request.random.between(16, 40), 0);
  return draft;
}

/** The ride to another facility, paid by distance. */
function addTransport(draft: Draft, destination: string): void {
  const { transport } = draft.setting.vocabulary.services;
  addRow(draft, 'XML3', {
    MA_LK: draft.summary['MA_LK'] ?? '',
    MA_DICH_VU: `VC.${destination}`,
    TEN_DICH_VU: transport.name,
    MA_NHOM: '12',
    MA_XANG_DAU: transport.fuel,
    DON_VI_TINH: transport.unit,
    PHAM_VI: '1',
    SO_LUONG: String(draft.random.between(8, 60)),
    DON_GIA_BV: String(transport.price),
    DON_GIA_BH: String(transport.price),
    TYLE_TT_DV: '100',
    TYLE_TT_BH: '100',
    T_NGUONKHAC_NSNN: '0',
    T_NGUONKHAC_VTNN: '0',
    T_NGUONKHAC_VTTN: '0',
    T_NGUONKHAC_CL: '0',
    MA_KHOA: draft.department,
    MA_BAC_SI: draft.doctor.licence,
    MA_BENH: draft.summary['MA_BENH_CHINH'] ?? '',
    NGAY_YL: stamp(draft.now),
    NGAY_TH_YL: stamp(draft.now + 5),
    MA_PTTT: '1',
    VET_THUONG_TP: '',
    DU_PHONG: '',
  });
}

/** Beyond the facility's capability: first care, then on to a higher one. */
export function referral(request: EpisodeRequest): Draft {
  const { facilities } = request.setting.vocabulary;
  const destination =
    request.setting.facility === facilities.higher ? facilities.hospital : facilities.higher;
  const draft = startVisit(request, {
    stories: 'referral',
    category: '2',
    visit: '01',
    arrival: lastDay(request) + request.random.between(0, 18 * 60),
    registeredAt: otherFacility(request),
  });
  care(draft);
  addTransport(draft, destination);
  draft.summary['KET_QUA_DTRI'] = '4';
  finishVisit(draft, draft.now + request.random.between(16, 40), 0);
  addReferralPaper(draft, destination);
  return draft;
}
