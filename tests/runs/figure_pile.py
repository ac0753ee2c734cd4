# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

plt.figure(); plt.plot([1])
print("between")
figure, axes = plt.subplots()
axes.plot([2])
closed = plt.figure(); plt.plot([3]); plt.close()
plt.figure(); plt.plot([4]); plt.savefig(__import__("io").BytesIO())
plt.show()
axes.set_title("nobody sees it")
plt.get_fignums()
plt.show()
