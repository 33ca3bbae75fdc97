import { describe, expect, it } from 'vitest';
import { joined } from '../../shared/transcript/spacing.ts';

describe('sentences one after another', () => {
  it.each([
    [['One.', 'Two.'], 'One. Two.'],
    [['One ', 'two', ', three'], 'One two, three'],
    [['第一句。', '第二句。'], '第一句。第二句。'],
    [['中文', 'English'], '中文English'],
    [['', 'One'], 'One'],
    [[], ''],
  ])('%j', (texts, text) => expect(joined(texts)).toBe(text));
});
