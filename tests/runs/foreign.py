%matplotlib inline
!pip install \
    pandas
import math
math?
?math.sin
print("runs", math.pi > 3)
files = !ls *.py
%time x = 1
%%bash
%unheard_of thing
pip install numpy
x = (7
% 4)
x
