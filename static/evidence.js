// Files onto the page of a record: chosen, dropped anywhere on it, or pasted. Each goes in a request of its own, one after
// the other; one that was refused says why beside its name and can be sent again, the others are not sent twice.
// data-retries: how often one that the network lost is sent again by itself; data-quiet: that one is there needs no word.
// For other scripts: `evidence:bring` brings files to the form; what the page says of them (data-proof) is fetched anew when
// `evidence:look` asks, and `evidence:fresh` carries the page as it is now.

class Evidence {
  constructor(form) {
    this.form = form;
    this.input = form.elements.files;
    this.sending = form.querySelector("[data-sending]");
    this.last = Promise.resolve();
    this.isAsked = new URLSearchParams(location.search).has("add");
    this.retries = Number(form.dataset.retries ?? 0);
    form.addEventListener("submit", (event) => {
      if (!this.input.files.length) return; // the server says what is missing
      event.preventDefault();
      this.take([...this.input.files]);
      this.input.value = "";
    });
    form.addEventListener("evidence:bring", ({ detail: files }) => this.take(files));
    // What was asked for by name needs no second press.
    this.input.addEventListener("change", () => this.isAsked && this.input.files.length && form.requestSubmit());
    this.input.addEventListener("cancel", () => (this.isAsked = false));
  }

  // A kind of evidence that is missing: choose its file at once.
  ask(kind) {
    this.form.elements.kind.value = kind;
    this.unfold();
    this.form.scrollIntoView({ block: "center" });
    this.isAsked = true;
    this.input.click();
  }

  unfold() {
    const fold = this.form.closest("details");
    if (fold) fold.open = true;
  }

  // With what the form says of them now: it may say something else of the next ones.
  take(files) {
    this.unfold();
    const said = new FormData(this.form);
    said.delete("files");
    if (this.isAsked) this.form.elements.kind.value = "";
    this.isAsked = false;
    for (const file of files) this.queue(file, said, this.row(file));
  }

  row(file) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    row.append(name);
    this.sending.append(row);
    return row;
  }

  queue(file, said, row) {
    const bar = document.createElement("progress");
    bar.className = "bar";
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `正在上传 ${file.name}`);
    row.replaceChildren(row.firstElementChild, bar);
    this.last = this.last.then(() => this.send(file, said, row, bar));
  }

  async send(file, said, row, bar) {
    const body = new FormData();
    for (const [name, value] of said) body.append(name, value);
    body.append("files", file, file.name);
    let { status, answer } = await post(this.form.action, body, (part) => (bar.value = part));
    for (let again = 0; LOST.has(status) && again < this.retries; again++) {
      const told = words("failed", "网络断了，自动重试…");
      row.append(told);
      await online(Math.min(1000 * 2 ** again, 15000));
      told.remove();
      bar.value = 0;
      ({ status, answer } = await post(this.form.action, body, (part) => (bar.value = part)));
    }
    if (status !== 200) {
      this.refuse(file, said, row, answer?.error ?? WHY[status] ?? "没有传上，请再试一次");
      return;
    }
    await refresh();
    if ("quiet" in this.form.dataset) row.remove(); // its picture is there
    else row.replaceChildren(row.firstElementChild, words("done", ["已添加", ...answer.notes].join("，")));
  }

  refuse(file, said, row, why) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn";
    again.textContent = "重试";
    again.setAttribute("aria-label", `重试 ${file.name}`);
    again.addEventListener("click", () => this.queue(file, said, row));
    row.replaceChildren(row.firstElementChild, words("failed", why), again);
  }
}

// What the page says of the files, as it is now: the files themselves, how many, and what is still missing.
async function refresh() {
  let answer = null;
  for (let again = 0; !answer && again < 20; again++) {
    if (again) await online(3000);
    answer = await fetch(location.href).catch(() => null);
  }
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelectorAll("[data-proof]");
  document.querySelectorAll("[data-proof]").forEach((part, place) => now[place] && part.replaceWith(now[place]));
  document.dispatchEvent(new CustomEvent("evidence:fresh", { detail: page }));
}

document.addEventListener("evidence:look", refresh);

// Nobody answered, or only whoever stands in front of a server that is being started anew.
const LOST = new Set([0, 502, 503, 504]);

// After a while, or as soon as the network is back.
function online(most) {
  return new Promise((resolve) => {
    setTimeout(resolve, most);
    addEventListener("online", resolve, { once: true });
  });
}

const WHY = { 0: "网络不通，没有传上", 403: "登录已失效，请刷新页面重新登录", 404: "这条记录已经不在了", 413: "文件太大" };

function words(name, text) {
  const element = document.createElement("b");
  element.className = name;
  element.textContent = text;
  return element;
}

// fetch() tells nothing of how far an upload is.
function post(address, body, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && tell(event.loaded / event.total));
    // An answer that is no JSON is a page: the log-in ended.
    request.addEventListener("loadend", () => {
      const { status, response } = request;
      resolve({ status: status === 200 && !response ? 403 : status, answer: response });
    });
    request.send(body);
  });
}

const form = document.querySelector("form[data-evidence]");
if (form) {
  const evidence = new Evidence(form);
  const brings = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("click", (event) => {
    const asked = event.target.closest("[data-add]");
    if (!asked) return;
    event.preventDefault();
    evidence.ask(asked.dataset.add);
  });
  document.addEventListener("dragover", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    document.body.classList.add("is-dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("is-dropping");
  });
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    document.body.classList.remove("is-dropping");
    evidence.take([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    evidence.take(files.map(named));
  });
}

// Every screenshot comes as image.png; the moment tells them apart.
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const moment = new Date().toLocaleString("sv").replace(/\D/g, "");
  return new File([file], `截图${moment}.${file.name.split(".").pop()}`, { type: file.type });
}
