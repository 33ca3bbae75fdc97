import { describe, expect, it } from 'vitest';
import { FIRST_CHOICE, policyOf, snippetOf } from '../../web/app/embed-snippet.ts';

const SITE = 'https://sotto.example/';
const HUB = 'https://hub.example';

describe('what somebody copies', () => {
  it('is two lines where nothing is chosen', () => {
    expect(snippetOf(FIRST_CHOICE, SITE)).toBe(
      '<script type="module" src="https://sotto.example/embed/sotto.js"></script>\n<sotto-transcriber></sotto-transcriber>',
    );
  });

  it('names what the element is bound to, and has it', () => {
    const field = snippetOf({ ...FIRST_CHOICE, field: true, required: true, autoStart: true }, SITE);
    expect(field).toContain('<textarea id="notes">');
    expect(field).toContain('<sotto-transcriber for="notes" name="speech" required auto-start>');
    const film = snippetOf({ ...FIRST_CHOICE, mode: 'captions', field: true, language: 'de' }, SITE);
    expect(film).toContain('<video id="film"');
    expect(film).toContain('<sotto-transcriber mode="captions" language="de" media="film">');
  });

  it('lets the server be a step where that was chosen, and only then', () => {
    expect(snippetOf({ ...FIRST_CHOICE, server: true }, SITE)).toContain('ladder="webgpu server wasm"');
    const policy = (server: boolean) => policyOf(SITE, HUB, { ...FIRST_CHOICE, server });
    expect(policy(true)).toContain('https://sotto.example wss://sotto.example');
    expect(policy(false)).not.toContain('wss:');
  });

  it('keeps marks in names from ending an attribute', () => {
    expect(snippetOf({ ...FIRST_CHOICE, model: 'a"b&c' }, SITE)).toContain('model="a&quot;b&amp;c"');
  });

  it('comes with the policy it needs: the hub only where models come from there', () => {
    const whisper = { ...FIRST_CHOICE, model: 'whisper-base' };
    expect(policyOf(SITE, HUB, FIRST_CHOICE)).not.toContain('hub.example');
    expect(policyOf(SITE, HUB, whisper)).toContain(`connect-src 'self' https://sotto.example ${HUB}`);
    expect(policyOf(SITE, 'https://huggingface.co', whisper)).toContain('https://*.hf.co');
  });
});
