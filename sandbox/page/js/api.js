/** The page's side of `/ui`: requests, uploads with progress, and the event sockets. */

/** The workspace said no; `answer` is its whole answer, for example with errors by block. */
export class Refused extends Error {
  constructor(code, text, answer = {}) {
    super(text);
    this.code = code;
    this.answer = answer;
  }
}

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8000;

export class Api {
  constructor(person) {
    this.person = person;
  }

  url(path, params = {}) {
    const url = new URL(path, location.origin);
    if (this.person) url.searchParams.set("as", this.person);
    for (const [name, value] of Object.entries(params)) {
      if (value !== undefined && value !== null) url.searchParams.set(name, value);
    }
    return url;
  }

  async get(path, params) {
    return unwrap(await fetch(this.url(path, params)));
  }

  /** One thing a person does. Throws `Refused` with a text for the person when the workspace says no. */
  async do(what, fields = {}) {
    const body = JSON.stringify({ as: this.person, do: what, ...fields });
    return unwrap(await fetch("/ui/do", { method: "POST", headers: { "Content-Type": "application/json" }, body }));
  }

  upload(file, onProgress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", this.url("/ui/upload", { name: file.name }));
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded / Math.max(event.total, 1)));
      request.addEventListener("error", () => reject(new Refused("network", "The upload was cut off. Try again.")));
      request.addEventListener("load", () => settleUpload(request, resolve, reject));
      request.send(file);
    });
  }

  async sample() {
    return (await unwrap(await fetch(this.url("/ui/sample"), { method: "POST" }))).file;
  }

  fileUrl(id) {
    return this.url(`/ui/file/${encodeURIComponent(id)}`).href;
  }

  /** Keeps an event socket open until `close()`; `onState` hears "open" and "lost". */
  listen(onEvent, onState = () => {}, params = {}) {
    return new Listening(this.url("/ui/events", params), onEvent, onState);
  }
}

function settleUpload(request, resolve, reject) {
  const answer = parse(request.responseText);
  if (request.status < 300 && answer.file) resolve(answer.file);
  else reject(new Refused(answer.error ?? "upload", answer.text ?? "This file could not be uploaded."));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function unwrap(response) {
  const body = await response.text();
  const answer = parse(body);
  if (response.ok && answer.ok !== false) return answer;
  const code = answer.error ?? String(response.status);
  throw new Refused(code, answer.text || answer.error || body.slice(0, 200) || "The sandbox did not answer.", answer);
}

class Listening {
  constructor(url, onEvent, onState) {
    this.url = new URL(url);
    this.url.protocol = this.url.protocol === "https:" ? "wss:" : "ws:";
    this.onEvent = onEvent;
    this.onState = onState;
    this.pause = FIRST_PAUSE_MS;
    this.closed = false;
    this.open();
  }

  open() {
    this.socket = new WebSocket(this.url);
    this.socket.addEventListener("open", () => {
      this.pause = FIRST_PAUSE_MS;
      this.onState("open");
    });
    this.socket.addEventListener("message", (event) => this.onEvent(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.lost());
  }

  lost() {
    if (this.closed) return;
    this.onState("lost");
    setTimeout(() => this.closed || this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  close() {
    this.closed = true;
    this.socket.close();
  }
}
