import { describe, expect, test } from 'vitest';
import { createHtmlRewriter } from './html.ts';

const rewrite = (address: string) => (address.startsWith('/') ? `/proxy${address}` : address);

function rewritten(...pieces: readonly string[]): string {
  const rewriter = createHtmlRewriter(rewrite);
  return pieces.map((piece) => rewriter.push(piece)).join('') + rewriter.end();
}

describe('a page', () => {
  test.each([
    ['<a href="/x">here</a>', '<a href="/proxy/x">here</a>'],
    ["<IMG alt='/not' SRC='/x.png'/>", "<IMG alt='/not' SRC='/proxy/x.png'/>"],
    ['<form action=/send method=post>', '<form action=/proxy/send method=post>'],
    ['<link rel="icon"\n  href = "/icon">', '<link rel="icon"\n  href = "/proxy/icon">'],
    ['<a title="a > b" href="/x">', '<a title="a > b" href="/proxy/x">'],
    ['<a href="relative">', '<a href="relative">'],
    ['<a data-href="/x">', '<a data-href="/x">'],
    ['<a data_x=" href=/x" @click="to href=/y">', '<a data_x=" href=/x" @click="to href=/y">'],
    ['<p href="/x">', '<p href="/x">'],
    [
      '<script src="/a.js">let a = \'<a href="/x">\';</script><a href="/y">',
      '<script src="/proxy/a.js">let a = \'<a href="/x">\';</script><a href="/proxy/y">',
    ],
    ['<!-- <a href="/x"> --><a href="/y">', '<!-- <a href="/x"> --><a href="/proxy/y">'],
    ['<!doctype html><a href="/x">', '<!doctype html><a href="/proxy/x">'],
    ['1 < 2 and 2 <3 <a href="/x">', '1 < 2 and 2 <3 <a href="/proxy/x">'],
    ['<a href="/x" never ends', '<a href="/x" never ends'],
  ])('%s', (page, expected) => {
    expect(rewritten(page)).toBe(expected);
    // It makes no difference where the text was cut.
    expect(rewritten(...Array.from(page))).toBe(expected);
  });
  test('is not waited for beyond a bound', () => {
    const rewriter = createHtmlRewriter(rewrite);
    const long = `<a title="${'x'.repeat(100_000)}`;
    expect(rewriter.push(long).length).toBeGreaterThan(0);
    expect(rewritten(long, '<a href="/x">')).toContain(long);
  });
});
