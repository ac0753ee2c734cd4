# only: kernel
# requires: pandas
import pandas as pd

frame = pd.DataFrame({"name": ["a", "b"], "value": [1, 2]})
frame
frame.head(1);
