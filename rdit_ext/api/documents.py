"""Scripts as other documents, and notebooks as scripts."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from jupyter_core.utils import ensure_async

from ..documents.convert import MIME_TYPES, export, notebook_to_script
from ..protocol import ExportBody, FilePath, NotebookScriptBody
from ..wire.paths import clean_path
from .base import RditHandler, allowed

_EXPORT = msgspec.json.Decoder(ExportBody)
_NOTEBOOK_SCRIPT = msgspec.json.Decoder(NotebookScriptBody)


class ExportHandler(RditHandler):
    """`POST export`: converts what the body holds; it executes nothing, and reads no file."""

    @allowed("read", "contents")
    async def post(self) -> None:
        body = self.decode(_EXPORT)
        text = await asyncio.get_running_loop().run_in_executor(
            None,
            export,
            body.script,
            body.results,
            body.format,
            body.title,
            body.results_only,
        )
        mime_type, ending = MIME_TYPES[body.format]
        self.set_attachment_header(f"{body.title or 'script'}{ending}")
        self.finish(text, set_content_type=mime_type)


class NotebookScriptHandler(RditHandler):
    """`POST notebook-script`"""

    @allowed("read", "contents")
    async def post(self) -> None:
        path = clean_path(self.decode(_NOTEBOOK_SCRIPT).path)
        await self.require_permission("write", "contents")
        contents: Any = self.contents_manager
        model = await ensure_async(contents.get(path, content=True, type="notebook"))
        folder, _, name = path.rpartition("/")
        wanted = f"{name.rpartition('.')[0] or name}.py"
        free = await ensure_async(contents.increment_filename(wanted, folder, insert="-"))
        target = f"{folder}/{free}" if folder else free
        text = notebook_to_script(model["content"])
        await ensure_async(
            contents.save({"type": "file", "format": "text", "content": text}, target)
        )
        self.answer(FilePath(target), 201)
