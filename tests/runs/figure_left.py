# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

plt.plot([1, 2])
print("between")
plt.plot([2, 1])
x = 1
