#!/usr/bin/env python
# -*- coding: latin-1 -*-
from prefect.client import Secret

x = 'é', Secret('café'), Secret("A")
