// Shows how far a file has come: htmx tells it, and no attribute of HTML can listen to that.
"use strict";

document.documentElement.classList.add("uploads-at-once");

const show = (id, visible) => {
  document.getElementById(id).hidden = !visible;
};
const isUpload = (event) => event.detail.requestConfig?.elt.id === "files" || event.target.id === "files";

document.addEventListener("htmx:xhr:progress", (event) => {
  if (!isUpload(event) || !event.detail.lengthComputable) return;
  show("upload-failed", false);
  show("upload-progress", true);
  document.getElementById("upload-bar").value = (100 * event.detail.loaded) / event.detail.total;
});

document.addEventListener("htmx:sendError", (event) => {
  if (!isUpload(event)) return;
  show("upload-progress", false);
  show("upload-failed", true);
});

// The web server itself refuses what is far too large, in words that are no page of ours.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isUpload(event) || event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) return;
  event.detail.shouldSwap = false;
  show("upload-progress", false);
  show("upload-failed", true);
});
