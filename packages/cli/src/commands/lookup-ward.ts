import { convertWard, createCodeLists } from '@bhxh/sdk/code-lists';
import { openSpecifications } from '@bhxh/sdk/specifications';
import type { CommandContext } from '../command-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { dateOption } from '../number-option.ts';
import { overlayFor } from '../overlay.ts';
import { textTable } from '../terminal/table.ts';
import { vietnamDay } from '../vietnam-day.ts';

const most = 50;

/** Finds a ward by code or by a part of its name, and for a code of before July 2025 what became of it: of several, none is chosen. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { options, streams, messages } = context;
  const [asked = ''] = context.arguments;
  const specifications = openSpecifications(undefined, { overlay: overlayFor(context) });
  const lists = createCodeLists(specifications);
  const on = dateOption(options, 'on', 'lookup ward') ?? vietnamDay(context.now());
  const plain = (text: string): string => text.normalize('NFC').toLocaleLowerCase('vi');
  const wards = lists
    .list('wards')
    .entries.filter(({ from, to }) => (from === null || from <= on) && (to === null || on <= to))
    .filter(
      ({ code, label }) => code === asked || (!/^\d/.test(asked) && plain(label.vi).includes(plain(asked))),
    )
    .slice(0, most)
    .map(({ code, label, province }) => ({ code, name: label.vi, province: String(province ?? '') }));
  const conversion = /^\d{5}$/.test(asked) ? convertWard(specifications, lists, asked) : undefined;
  const became = conversion?.candidates ?? [];
  if (context.format === 'json')
    streams.write(
      `${JSON.stringify({ schema: 'bhxh-lookup-ward/1', on, wards, became: { kind: conversion?.kind ?? 'none', candidates: became } })}\n`,
    );
  else {
    const { words } = messages;
    streams.write(
      textTable(
        [words.what, words.title, words.value],
        [
          ...wards.map(({ code, name, province }) => [code, name, province]),
          ...became.map(({ code, name, kind }) => [`${asked} → ${code}`, name, kind]),
        ],
      ),
    );
  }
  return wards.length + became.length === 0 ? exitCodes.rejected : exitCodes.done;
}
