"""What corrections have taught, to be seen, shared, switched off and forgotten."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter

from session_buddy.web import asked
from session_buddy.web.answers import Answer
from session_buddy.web.asked import Called, Hub, Named, Object
from session_buddy.web.described import packs as described
from session_buddy.web.wrong import WRITING

router = APIRouter(prefix="/api/packs", tags=["packs"], responses=WRITING)


@router.get("", response_model=described.Packs)
def packs(hub: Hub) -> Any:
    """The workflows that corrections have taught something of, with how much."""
    return Answer({"packs": hub.read("packs")})


@router.get("/{workflow_id}", response_model=described.Pack)
def pack(hub: Hub, workflow_id: Named) -> Any:
    """Everything that the corrections of a workflow have taught."""
    return Answer(hub.read("pack", workflow_id=workflow_id))


@router.get("/{workflow_id}/history", response_model=described.PackHistory)
def history(hub: Hub, workflow_id: Named) -> Any:
    """How each correction was seen and applied, and helped or hurt, by day."""
    return Answer(hub.read("pack_history", workflow_id=workflow_id))


@router.get("/{workflow_id}/export", response_model=described.PackDocument)
def export(hub: Hub, workflow_id: Named) -> Any:
    """The pack as a document that another store can import, as a download."""
    found = hub.read("export_pack", workflow_id=workflow_id)
    name = quote(f"{workflow_id}.pack.json", safe="")
    return Answer(found["pack"], headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"})


@router.post("/{workflow_id}/import", response_model=described.Imported)
def import_pack(hub: Hub, workflow_id: Named, document: Object, call: Called = None) -> Any:
    """Take in a pack of this workflow; twice changes nothing."""
    return Answer(hub.write("import_pack", call, workflow_id=workflow_id, pack=document))


@router.post("/{workflow_id}/items/{item_id}/switch", response_model=described.Switched)
def switch(hub: Hub, workflow_id: Named, item_id: Named, wanted: asked.Switch, call: Called = None) -> Any:
    """Switch a correction off, so that it is kept and not applied, or on again."""
    return Answer(hub.write("switch_item", wanted.call or call, workflow_id=workflow_id, item_id=item_id, on=wanted.on))


@router.delete("/{workflow_id}/items/{item_id}", response_model=described.Forgotten)
def forget(hub: Hub, workflow_id: Named, item_id: Named, call: Called = None) -> Any:
    """Take one correction out of the pack; it comes back when it is made again."""
    return Answer(hub.write("forget_item", call, workflow_id=workflow_id, item_id=item_id))
