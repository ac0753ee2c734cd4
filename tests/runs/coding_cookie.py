# -*- coding: latin-1 -*-
"é"
len("é")
