// Chromium without a window, spoken to through a pipe: no port, and nothing to install.
import { spawn } from 'node:child_process';

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server', '--hide-scrollbars', '--remote-debugging-pipe',
];

export class Browser {
  #process;
  #calls = new Map();
  #listeners = new Set();
  #text = '';

  constructor(profile) {
    this.#process = spawn('chromium', [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#process.stdio[4].setEncoding('utf8').on('data', (chunk) => {
      this.#text += chunk;
      const messages = this.#text.split('\0');
      this.#text = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  #take(message) {
    if (message.id) {
      const { resolve, reject } = this.#calls.get(message.id);
      this.#calls.delete(message.id);
      if (message.error) reject(new Error(JSON.stringify(message.error)));
      else resolve(message.result);
    } else {
      for (const listener of this.#listeners) listener(message);
    }
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.#calls.size ? Math.max(...this.#calls.keys()) + 1 : 1;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  /// A tab that shows `url`, and remembers what went wrong or was asked for on the way.
  async open(url, { width = 1280, height = 900, scheme = 'light', script = true } = {}) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab((method, params) => this.send(method, params, sessionId));
    this.listen((message) => message.sessionId === sessionId && tab.hear(message));
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await tab.send(`${domain}.enable`);
    await tab.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    if (!script) await tab.send('Emulation.setScriptExecutionDisabled', { value: true });
    const begun = performance.now();
    await tab.send('Page.navigate', { url });
    await tab.loaded;
    tab.opened = performance.now() - begun;
    return tab;
  }

  close() {
    const gone = new Promise((resolve) => { this.#process.on('exit', resolve); });
    this.#process.kill('SIGKILL');
    return gone;
  }
}

class Tab {
  requests = [];
  complaints = [];
  #loaded;

  constructor(send) {
    this.send = send;
    this.loaded = new Promise((resolve) => { this.#loaded = resolve; });
  }

  hear({ method, params }) {
    if (method === 'Page.loadEventFired') this.#loaded();
    if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    if (method === 'Log.entryAdded') this.complaints.push(params.entry.text);
    if (method === 'Runtime.consoleAPICalled') this.complaints.push(params.type);
    if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.exception?.description);
    if (method === 'Page.javascriptDialogOpening') {
      this.complaints.push(`dialog: ${params.message}`);
      this.send('Page.handleJavaScriptDialog', { accept: false });
    }
  }

  /// What `expression`, or what it promises, comes to in the page.
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression, awaitPromise: true, returnByValue: true, userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async press(key) {
    for (const type of ['keyDown', 'keyUp']) await this.send('Input.dispatchKeyEvent', { type, key, code: key });
  }

  async screenshot() {
    return Buffer.from((await this.send('Page.captureScreenshot')).data, 'base64');
  }
}
