// The tutorial's walk, step by step, at a pace: from the set-up code to a token that is explained.
import { code, dialog, fillFromNewKey, newFunction, newService, paste, press, put, save, send, setUp, shot } from './console-stage.mjs';

/** Yields the name of each step that is done. */
export async function* walk(page, s, source) {
  await setUp(page, s);
  await shot(page, '1-dashboard');
  yield 'signed up';
  await page.getByRole('link', { name: 'API keys' }).click();
  await press(page, 'Create API key');
  await put(page, 'Name', 'web app', dialog(page));
  await press(page, 'Create the key');
  await page.getByLabel('I have saved it').waitFor();
  await shot(page, '2-key');
  await page.getByLabel('I have saved it').check();
  await press(page, 'Done');
  yield 'created an API key';
  await newService(page, 'Video App');
  yield 'created a service';
  await fillFromNewKey(page);
  await shot(page, '3-variables');
  yield 'set the variables';
  await newFunction(page, 'Create Room Token', null, () => shot(page, '4-function'));
  yield 'created the function';
  await paste(page, source);
  yield 'pasted the code';
  await save(page);
  await shot(page, '5-code');
  yield 'saved';
  await page.getByRole('button', { name: 'Copy address' }).last().click();
  yield 'copied the address';
  await send(page);
  await page.getByText('The token in it').waitFor();
  await shot(page, 'console');
  yield 'saw what the token opens';
}

export async function walkAll(page, s, source) {
  for await (const _ of walk(page, s, source));
  await code(page).waitFor();
}
