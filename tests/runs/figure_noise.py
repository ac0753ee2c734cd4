# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(1, 1))
ax.plot([1, 2])
ax.set(xlim=(0, 1), title="a")
ax.hist([1, 2, 2])
(ax.get_title(), 3)
len(ax.lines)
plt.show()
