"""The REST API: one file a resource, gathered here. A new resource is one file and one line.

What the resources share: `routing` (who may use a route), `parameters`, `answers` (JSON, entity tags, streams),
`problems` (whatever goes wrong), `once` (idempotency keys), `memory` (what survives a restart), `headers`, `faults`
(middleware) and `description` (the OpenAPI document).
"""

from fastapi import APIRouter

from api.rest import (
    alert_steps,
    alerts,
    asset_contracts,
    balances,
    bundles,
    claims,
    corrections,
    entries,
    events,
    facts,
    flow,
    imports,
    instructions,
    leads,
    loans,
    notice_proofs,
    notices,
    noticing,
    objections,
    overview,
    preflight,
    projects,
    public_log,
    replay,
    rules,
    spot_checks,
    verification,
    webhooks,
)

router = APIRouter()

for resource in (
    events.router,
    public_log.staff,
    entries.router,
    claims.router,
    corrections.router,
    instructions.router,
    loans.router,
    balances.router,
    facts.router,
    imports.router,
    alerts.router,
    alert_steps.router,
    leads.router,
    preflight.router,
    rules.router,
    noticing.router,
    objections.router,
    projects.router,
    asset_contracts.router,
    notice_proofs.router,
    notices.public,
    notices.staff,
    replay.router,
    bundles.router,
    spot_checks.public,
    spot_checks.staff,
    verification.public,
    verification.staff,
    flow.router,
    overview.router,
    webhooks.router,
    webhooks.letters,
):
    router.include_router(resource)
