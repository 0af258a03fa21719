"""Communities."""

import numpy as np

from graphx.atlas import Atlas
from graphx.tables import frame
