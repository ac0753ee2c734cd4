# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

plt.hist([1, 1, 2])
1 / 0
plt.title("not reached")
