"""Imports over the wire: taken in at once, done in the background, told row by row."""

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from api.app import create_app
from api.importing import import_uploads
from api.ledger import Ledger
from api.rest.import_desk import MOST_UNDER_WAY, ImportDesk
from api.rest.memory import Memory
from tests_api_rest import heard

ADDRESS = "/api/v1/imports"
TOWNSHIP = Path(__file__).parents[3] / "samples" / "township"
ENOUGH_SECONDS = 60
