# only: kernel
from IPython.display import display, update_display, clear_output

handle = display("first", display_id="golden")
update_display("second", display_id="golden")
handle.update("third")
print("kept")
for n in range(3):
    clear_output(wait=True)
    print("step", n)
print("a"); clear_output(); print("b")
def cleared():
    print("gone")
    clear_output()
    print("left")
    clear_output(wait=True)
cleared()
