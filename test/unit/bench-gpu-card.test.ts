import { expect, test } from 'vitest';
import { cardIn } from '../bench/gpu-card.ts';

test('a card is named, a software adapter is none', () => {
  expect(cardIn('')).toBeUndefined();
  expect(cardIn('GPU0:\n\tdeviceName         = llvmpipe (LLVM 15.0.6, 256 bits)\n')).toBeUndefined();
  expect(cardIn('\tdeviceName = SwiftShader Device (Subzero)\n\tdeviceName = AMD Radeon RX 6800\n')).toBe(
    'AMD Radeon RX 6800',
  );
  expect(cardIn('GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1)\n')).toBe('NVIDIA H100 80GB HBM3');
});
