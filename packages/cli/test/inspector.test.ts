// The inspector in a real browser: what the built command sends is seen, read, and decided by moving the clock.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

const bhxh = join(import.meta.dirname, '..', 'bin', 'bhxh.mjs');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE = 60_000;

interface Ready {
  readonly url: string;
  readonly adminKey: string;
  readonly inspector: string;
  readonly accounts: readonly { facility: string | null; username: string; password: string }[];
  readonly keys: readonly { facility: string; ref: string; pinFile: string }[];
}

let home: string;
let server: ChildProcess;
let ready: Ready;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bhxh-inspector-'));
  const readyFile = join(home, 'ready.json');
  server = spawn(process.execPath, [bhxh, 'mock', 'start', '--demo', '--ready-file', readyFile], {
    stdio: 'ignore',
  });
  for (let waited = 0; !existsSync(readyFile); waited += 50) {
    if (waited > PATIENCE) throw new Error('the server did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  ready = JSON.parse(readFileSync(readyFile, 'utf8')) as Ready;
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  server?.kill('SIGTERM');
  rmSync(home, { recursive: true, force: true });
});

function run(words: readonly string[]): string {
  const account = ready.accounts.find(({ facility }) => facility === '99001')!;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bhxh, ...words], {
    cwd: home,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      BHXH_URL: ready.url,
      BHXH_FACILITY: '99001',
      BHXH_USERNAME: account.username,
      BHXH_PASSWORD: account.password,
    },
  });
  if (status !== 0 && status !== 3) throw new Error(`${words.join(' ')}: ${status} ${stderr}`);
  return stdout;
}

/** What axe finds; evaluated beside the page's own scripts, which may load nothing from elsewhere. */
async function findingsOfAxe(): Promise<readonly string[]> {
  await page.evaluate(axe);
  return (await page.evaluate(
    'window.axe.run(document).then((report) => report.violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target)}`))',
  )) as readonly string[];
}

test('a signed claim is sent, seen, read, and decided when the clock moves past its check, in Vietnamese', async () => {
  await page.goto(ready.inspector);
  await page.getByRole('heading', { name: 'Hồ sơ đã đến' }).waitFor();
  expect(page.url()).toBe(`${ready.url}/inspector/`);
  expect(await page.getByText('Chưa có hồ sơ nào.').count()).toBe(1);
  await page.getByLabel('Kịch bản').selectOption('slow-checking');
  await page.getByText('Kịch bản áp dụng').waitFor();

  run(['generate', 'claims', '--count', '1', '--seed', '11', '--out', 'night']);
  const { ref, pinFile } = ready.keys.find(({ facility }) => facility === '99001')!;
  run(['submit', 'night', '--sign-with', ref, '--pin-file', pinFile]);

  const rows = page.locator('#arrivals tbody tr');
  await expect.poll(() => rows.innerText(), { timeout: PATIENCE }).toContain('đã tiếp nhận');
  await rows.getByRole('button').press('Enter');
  await expect.poll(() => page.locator('[data-fact=state]').innerText()).toBe('đã tiếp nhận');
  expect(await page.evaluate('document.activeElement.id')).toBe('detail');
  const before = await page.locator('#now').getAttribute('datetime');

  await page.getByRole('button', { name: '+1 giờ' }).click();
  await expect
    .poll(() => page.locator('[data-fact=state]').innerText(), { timeout: PATIENCE })
    .toBe('đã giám định');
  const after = await page.locator('#now').getAttribute('datetime');
  expect(Date.parse(after ?? '') - Date.parse(before ?? '')).toBeGreaterThanOrEqual(3_600_000);
  const detail = await page.locator('#detail').innerText();
  expect(detail).toContain('Kết quả giám định');
  expect(detail).toContain('Chữ ký số');
  expect(detail).toContain('valid');
  await page.getByRole('button', { name: 'Xem nội dung gốc' }).click();
  await expect.poll(() => page.locator('#detail pre').innerText()).toContain('<GIAMDINHHS');
  expect(await findingsOfAxe()).toEqual([]);
}, 180_000);

test('findings of a broken document are read with what to do, and the other language is one press away', async () => {
  await page.getByLabel('Kịch bản').selectOption('received-then-failed');
  run(['generate', 'claims', '--count', '1', '--seed', '12', '--out', 'second']);
  const { ref, pinFile } = ready.keys.find(({ facility }) => facility === '99001')!;
  run(['submit', 'second', '--sign-with', ref, '--pin-file', pinFile]);
  await expect
    .poll(() => page.locator('#arrivals tbody').innerText(), { timeout: PATIENCE })
    .toContain('bị từ chối');
  await page.locator('#arrivals tbody tr', { hasText: 'bị từ chối' }).getByRole('button').click();
  await expect.poll(() => page.locator('#detail').innerText()).toContain('Sai ở đâu');
  await page.getByRole('button', { name: 'English' }).click();
  await expect.poll(() => page.locator('#detail').innerText()).toContain('What is wrong');
  expect(await page.evaluate('document.documentElement.lang')).toBe('en');
  expect(await page.locator('#arrivals tbody').innerText()).toContain('rejected');
  await expect.poll(() => page.locator('#charts').innerText()).toContain('Findings by rule');
  expect(await findingsOfAxe()).toEqual([]);
}, 120_000);

test('a call is sent once more from the page, and what people were written is read', async () => {
  const calls = page.locator('#calls tbody tr');
  await expect.poll(() => calls.count(), { timeout: PATIENCE }).toBeGreaterThan(2);
  await calls.filter({ hasText: 'guiHoSoXml' }).first().getByRole('button').press('Enter');
  await expect.poll(() => page.locator('#call pre').innerText(), { timeout: PATIENCE }).toContain('replayOf');
  expect(await page.locator('#call pre').innerText()).toContain('"passwordhash": "***"');
  await expect.poll(() => page.locator('#outbox').innerText(), { timeout: PATIENCE }).not.toBe('');
  expect(await findingsOfAxe()).toEqual([]);
}, 120_000);

test('the documentation of every interface is read offline, searched and reached by keyboard', async () => {
  const asked: string[] = [];
  const listen = (request: { url(): string }): void => void asked.push(request.url());
  page.on('request', listen);
  await page.goto(`${ready.url}/documentation/`);
  await page.locator('#list article').first().waitFor();
  const titles = await page.locator('#document option').allInnerTexts();
  expect(titles.length).toBeGreaterThanOrEqual(5);
  for (const [index] of titles.entries()) {
    await page.locator('#document').selectOption({ index });
    await expect.poll(() => page.locator('#list article').count(), { timeout: PATIENCE }).toBeGreaterThan(1);
    expect(await findingsOfAxe()).toEqual([]);
  }
  await page.locator('#document').selectOption('accounts');
  await page.locator('#search').fill('changePassword');
  await expect.poll(() => page.locator('#list article').count(), { timeout: PATIENCE }).toBe(1);
  await page.locator('#contents a').press('Enter');
  expect(page.url()).toContain('#changePassword');
  await page.locator('#list details summary').first().press('Enter');
  await expect.poll(() => page.locator('#list pre').first().isVisible()).toBe(true);
  page.off('request', listen);
  expect(asked.every((url) => url.startsWith(ready.url))).toBe(true);
}, 180_000);

test('a wrong key opens nothing, and the page broke no rule of its own policy', async () => {
  const stranger = await browser.newPage();
  stranger.setDefaultTimeout(PATIENCE);
  await stranger.goto(`${ready.url}/inspector/#key=wrong`);
  await stranger.getByText('Máy chủ không nhận khóa này.').waitFor();
  expect(await stranger.locator('main').isHidden()).toBe(true);
  await stranger.getByLabel('Khóa quản trị').fill(ready.adminKey);
  await stranger.getByRole('button', { name: 'Mở' }).click();
  await stranger.getByRole('heading', { name: 'Hồ sơ đã đến' }).waitFor();
  await stranger.close();
  expect(complaints).toEqual([]);
}, 60_000);
