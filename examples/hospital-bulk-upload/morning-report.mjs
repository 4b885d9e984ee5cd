// What the person on duty reads at seven: how many went through, what is open, what must be corrected, what to type. Vietnamese.
import { openJournal } from '@bhxh/sdk/submission';
import { basename } from 'node:path';

const stateNames = {
  accepted: 'Cổng đã tiếp nhận',
  confirmed: 'Đã tiếp nhận, xác nhận bằng tra cứu',
  rejected: 'Bị từ chối',
  unknown: 'Chưa rõ kết quả',
  planned: 'Chưa gửi',
  sending: 'Đang gửi dở',
};

/** Reads the journal beside a running writer; changes nothing. */
export async function gatherMorning({ journal: path, keyFile, day, toCorrect, held, line, key }) {
  const journal = await openJournal({
    path,
    ...(keyFile ? { keyFile } : {}),
    now: () => new Date(),
    readOnly: true,
  });
  try {
    const counts = await journal.counts();
    const open = [];
    const rejected = [];
    let again = 0;
    for await (const item of journal.items()) {
      if (item.attempts > 1) again += 1;
      const { id, key: maLk, state, problem } = item;
      const row = {
        id,
        maLk,
        file: basename(item.path),
        reason: problem ? `${problem.code}: ${problem.vi}` : '',
      };
      if (state === 'rejected') rejected.push(row);
      else if (state !== 'accepted' && state !== 'confirmed') open.push({ ...row, state });
    }
    return { day, counts, open, rejected, toCorrect, held, again, line, key };
  } finally {
    await journal.close();
  }
}

/** What to do, in order; an empty list is a quiet morning. */
function toDo({ open, rejected, toCorrect }) {
  const steps = [];
  if (open.some(({ state }) => state !== 'unknown')) steps.push('Chạy tiếp: bhxh submit --resume');
  for (const { id, maLk } of open.filter(({ state }) => state === 'unknown')) {
    steps.push(
      `Tra MA_LK ${maLk} trên trang của cổng; có thì: bhxh journal resolve ${id} accepted; không có thì: bhxh journal resolve ${id} not-received, rồi bhxh submit --resume`,
    );
  }
  if (rejected.length > 0) steps.push('Sửa các hồ sơ bị cổng từ chối, ký lại rồi đưa vào thư mục gửi.');
  if (toCorrect > 0)
    steps.push(
      `Sửa ${toCorrect} hồ sơ chưa đạt kiểm tra (thư mục to-correct), xem: bhxh validate to-correct`,
    );
  return steps;
}

function verdictOf({ open, held }, went) {
  if (open.length > 0)
    return `Cần xử lý: cổng đã tiếp nhận ${went} hồ sơ, còn ${open.length} hồ sơ chưa xong.`;
  if (held === null)
    return `Cổng đã tiếp nhận ${went} hồ sơ. Cổng này không cho đối chiếu: hãy so số lượng trên trang của cổng.`;
  if (held.missing + held.doubled > 0)
    return `Cần xử lý: đối chiếu thấy thiếu ${held.missing}, trùng ${held.doubled}.`;
  return `Không mất, không trùng: ${went} hồ sơ đã gửi, đối chiếu với cổng thấy khớp.`;
}

function sections(morning) {
  const { counts, line, again, key } = morning;
  const went = counts.accepted + counts.confirmed;
  return {
    title: `Báo cáo sáng ${morning.day.split('-').reverse().join('/')} – gửi hồ sơ giám định BHYT`,
    verdict: verdictOf(morning, went),
    counts: Object.entries(counts)
      .filter(([, n]) => n > 0)
      .map(([state, n]) => [stateNames[state] ?? state, n]),
    line: Object.entries(line),
    notes: [`Chữ ký: ${key}.`, `${again} hồ sơ phải gửi hơn một lần vì đường truyền.`],
    rejected: morning.rejected,
    steps: toDo(morning),
  };
}

export function morningText(morning) {
  const { title, verdict, counts, line, notes, rejected, steps } = sections(morning);
  return [
    title,
    '',
    verdict,
    '',
    ...counts.map(([name, n]) => `  ${String(n).padStart(6)}  ${name}`),
    '',
    'Sự cố đường truyền trong đêm:',
    ...(line.length === 0 ? ['  không có'] : line.map(([name, n]) => `  ${String(n).padStart(6)}  ${name}`)),
    '',
    ...notes,
    ...(rejected.length === 0
      ? []
      : ['', 'Cổng từ chối:', ...rejected.map(({ file, reason }) => `  ${file}: ${reason}`)]),
    '',
    'Việc cần làm:',
    ...(steps.length === 0 ? ['  không có'] : steps.map((step, at) => `  ${at + 1}. ${step}`)),
    '',
  ].join('\n');
}

export function morningHtml(morning) {
  const { title, verdict, counts, line, notes, rejected, steps } = sections(morning);
  const row = (cells) => `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  const table = (rows) => `<table>${rows.map(row).join('')}</table>`;
  const list = (rows) =>
    rows.length === 0
      ? '<p>Không có.</p>'
      : `<ol>${rows.map((text) => `<li>${escaped(text)}</li>`).join('')}</ol>`;
  return `<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td{padding:.2rem 1rem .2rem 0}.verdict{font-size:1.2rem}</style></head>
<body><h1>${escaped(title)}</h1>
<p class="verdict">${escaped(verdict)}</p>
<h2>Hồ sơ</h2>${table(counts)}
<h2>Sự cố đường truyền</h2>${line.length === 0 ? '<p>Không có.</p>' : table(line)}
<h2>Ghi chú</h2>${notes.map((note) => `<p>${escaped(note)}</p>`).join('')}
<h2>Cổng từ chối</h2>${rejected.length === 0 ? '<p>Không có.</p>' : table(rejected.map(({ file, reason }) => [file, reason]))}
<h2>Việc cần làm</h2>${list(steps)}
</body></html>
`;
}

const escaped = (value) => String(value).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
